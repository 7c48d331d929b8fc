/** Sweeps of real processes: the example of the page, killed in the middle and gone on with, and what cannot be one. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SweepView } from '@shoal/core';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/cluster.ts';
import { expectRefusal } from '../support/refusal.ts';
import { ShoalProcess, shoal } from '../support/shoalProcess.ts';

const PAGE = fileURLToPath(new URL('../../docs/sweeps.md', import.meta.url));

const where = (out: string): string[] => [
  '--out',
  out,
  '--host',
  '127.0.0.1',
  '--port',
  '0',
  '--workers',
  '1',
];

/** What does not depend on how fast it was. */
function tableOf(lines: readonly { readonly type: string }[]) {
  const view = lines.find(({ type }) => type === 'sweep') as unknown as SweepView;
  return { ...view, table: view.table.map(({ seconds: _seconds, ...trial }) => trial) };
}

async function fileIn(folder: string, content: string): Promise<string> {
  const file = join(folder, 'rates.yaml');
  await writeFile(file, content);
  return file;
}

const HALVING = `
name: halving
base: { preset: mnist-softmax, data: { source: digits, limit: 300, validation: 100 } }
vary: { optimizer.lr: { from: 0.001, to: 1, scale: log }, batch: [20, 50] }
search: { type: successiveHalving, trials: 6, seed: 2, eta: 2, minEpochs: 1, maxEpochs: 4 }
objective: { metric: validationLoss }
`;

test('the example of the page trains each combination, marks the best, and has nothing to do the second time', async () => {
  const folder = await temporaryFolder();
  const example = /```yaml\n(.*?)```/s.exec(await readFile(PAGE, 'utf8'))?.[1] ?? '';
  const file = await fileIn(folder, example);
  const out = join(folder, 'runs');
  const text = await shoal(['sweep', file, ...where(out)]);
  expect(text).toMatchObject({ code: 0, errors: '' });
  expect(text.raw).toMatch(
    /^Trial 1 of 6: optimizer\.lr=1 batch=50: validationAccuracy 0\.\d+ after 2 epochs/m,
  );
  expect(text.raw).toMatch(
    /^Sweep rates: 6 of 6 trials done; the best by validationAccuracy \(max\) is marked\.$/m,
  );
  expect(text.raw).toMatch(/^\* {2}\d/m);

  const again = await shoal(['sweep', file, ...where(out), '--json']);
  expect(again.lines.some(({ type }) => type === 'trial')).toBe(false);
  const { table, best } = tableOf(again.lines);
  const figures = table.map(({ figure }) => figure as number);
  expect(figures[(best ?? 0) - 1]).toBe(Math.max(...figures));
  for (const { runId, state } of table) {
    expect(state).toBe('finished');
    const label = JSON.parse(await readFile(join(out, runId, 'label.json'), 'utf8'));
    expect(label).toMatchObject({ tags: ['sweep:rates'] });
  }
});

test('a sweep that is killed in the middle goes on where it was, to the table of one that was not', async () => {
  const folder = await temporaryFolder();
  const file = await fileIn(folder, HALVING);
  const whole = await shoal(['sweep', file, ...where(join(folder, 'whole')), '--json']);
  expect(whole.code).toBe(0);

  const out = join(folder, 'killed');
  for (const trials of [2, 3]) {
    const killed = ShoalProcess.start(['sweep', file, ...where(out), '--json']);
    let seen = 0;
    await killed.line(({ type }) => type === 'trial' && ++seen === trials, 'Some trials');
    killed.kill('SIGKILL');
    await killed.outputsEnded;
  }
  const done = new Set((await readdir(out)).filter((name) => name.startsWith('halving-')));
  expect(done.size).toBeGreaterThanOrEqual(5);
  const last = await shoal(['sweep', file, ...where(out), '--json', '--workers', '2']);
  expect(last.code).toBe(0);
  expect(tableOf(last.lines)).toEqual(tableOf(whole.lines));
  expect(last.lines.filter(({ type }) => type === 'trial').length).toBeLessThan(
    whole.lines.filter(({ type }) => type === 'trial').length,
  );
  // The winner is the run that it would have been by itself, whatever stopped it in between.
  const { table, best } = tableOf(last.lines);
  const winner = table.find(({ number }) => number === best)?.runId ?? '';
  const result = async (runs: string) =>
    JSON.parse(await readFile(join(folder, runs, winner, 'result.json'), 'utf8'));
  expect((await result('killed')).parametersSha256).toBe((await result('whole')).parametersSha256);
});

test('two sweeps at once in one new folder have one key, and go on beside each other with a port of each', async () => {
  const folder = await temporaryFolder();
  const out = join(folder, 'runs');
  const sweeps: ShoalProcess[] = [];
  for (const name of ['one', 'two']) {
    const file = join(folder, `${name}.yaml`);
    await writeFile(
      file,
      HALVING.replace('name: halving', `name: ${name}`).replace('maxEpochs: 4', 'maxEpochs: 512'),
    );
    // Slow, so that neither ends before it is killed.
    sweeps.push(ShoalProcess.start(['sweep', file, ...where(out), '--json', '--pace', '20']));
  }
  const told = await Promise.all(
    sweeps.map((sweep) => sweep.line(({ type }) => type === 'listening', 'Its address')),
  );
  const ports = told.map(({ url }) => Number(new URL(url as string).port));
  expect(new Set(told.map(({ token }) => token)).size).toBe(1);
  for (const sweep of sweeps) await sweep.line(({ type }) => type === 'trial', 'A trial');
  const portIn = async (file: string): Promise<number> => Number(await readFile(join(out, file), 'utf8'));
  expect([await portIn('sweep-one.port'), await portIn('sweep-two.port')]).toEqual(ports);
  // Whoever asks the folder asks one that is there, and stays with it.
  const asked = await portIn('port');
  expect(ports).toContain(asked);
  expect((await shoal(['queue', 'remove', 'none', '--out', out])).errors).toContain(
    `http://127.0.0.1:${asked}`,
  );
  for (const sweep of sweeps) {
    sweep.kill('SIGKILL');
    await sweep.outputsEnded;
  }
  // Each comes again where workers know it from.
  for (const [i, name] of ['one', 'two'].entries()) {
    const words = [
      'sweep',
      join(folder, `${name}.yaml`),
      '--out',
      out,
      '--host',
      '127.0.0.1',
      '--workers',
      '1',
      '--json',
    ];
    const again = ShoalProcess.start(words);
    const { url } = await again.line(({ type }) => type === 'listening', 'Its address');
    expect(Number(new URL(url as string).port)).toBe(ports[i]);
    expect((await again.end()).code).toBe(0);
  }
});

test.each([
  ['an unknown field', HALVING.replace('vary:', 'vry:'), /sweep\.vry is not a field of sweep/],
  ['no values', HALVING.replace('[20, 50]', '[]'), /sweep\.vary has no value for batch/],
  [
    'too many trials',
    HALVING.replace('trials: 6', 'trials: 6000'),
    /trials must be a whole number from 1 to 1000/,
  ],
  ['an objective that is not there', HALVING.replace('validationLoss', 'testLoss'), /cannot be "testLoss"/],
  ['no validation set', HALVING.replace('validation: 100', 'validation: 0'), /there is no validation set/],
  [
    'a trial that is no spec',
    HALVING.replace('[20, 50]', '[20, 0]'),
    /trial \d \(.*batch=0\): batch must be/,
  ],
  [
    'data that is too small',
    HALVING.replace('limit: 300', 'limit: 3000000'),
    /trial 1 .*data\.limit is 3000000/,
  ],
  ['no text', '\u0000\u0001', /rates\.yaml/],
])('%s is said in a sentence, and nothing is left behind', async (_what, content, message) => {
  const folder = await temporaryFolder();
  const file = await fileIn(folder, content);
  const out = join(folder, 'runs');
  expectRefusal(await shoal(['sweep', file, ...where(out)]), [message]);
  expect(await readdir(out).catch(() => [])).toEqual([]);
});
