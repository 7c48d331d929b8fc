/** How a run is named, what may reach a terminal, and what a worker tells of its machine. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Cluster, fromStep, isWorker, runIdOf, temporaryFolder } from '../support/cluster.ts';
import { HandWorker } from '../support/handWorker.ts';
import { expectRefusal } from '../support/refusal.ts';
import { ShoalProcess, shoal } from '../support/shoalProcess.ts';
import { everything, perceptron } from '../support/specs.ts';

test('a run without a Latin letter in its name is taken by every command, by name and by path', async () => {
  const cluster = await Cluster.of(everything({ name: '日本語', epochs: 14, earlyStopping: null }), {
    train: 660,
    test: 60,
  });
  const alone = await cluster.alone();
  const first = cluster.train(0, ['--verbose']);
  const runId = await runIdOf(first);
  expect(runId).toMatch(/^run-/);
  const hand = await HandWorker.join(await first.joinUrl(), cluster.spec);
  await first.line(fromStep(17), 'Step 17');
  hand.hold();
  first.kill('SIGKILL');
  await first.outputsEnded;

  const folder = join(cluster.runs, runId);
  const where = cluster.where.filter((word, i, all) => word !== '--out' && all[i - 1] !== '--out');
  const resumed = await shoal(['resume', `${folder}/`, ...where, '--workers', '1']);
  expect(resumed.lines.at(-1)).toMatchObject({ type: 'result', parametersSha256: alone.parametersSha256 });

  const named: readonly (readonly string[])[] = [[runId, '--out', cluster.runs], [folder], [`${folder}/`]];
  for (const words of named) {
    const shown = await shoal(['runs', 'show', ...words, '--json']);
    expect(shown.lines[0]).toMatchObject({ type: 'stored-run', runId, name: '日本語' });
    const exported = await shoal([
      'export',
      words[0] as string,
      join(folder, 'out.safetensors'),
      ...words.slice(1),
    ]);
    expect(exported).toMatchObject({ code: 0 });
  }
  const [, data = ''] = cluster.where;
  const evaluated = await shoal(['evaluate', folder, '--data', data, '--json']);
  expect(evaluated.lines[0]).toMatchObject({
    type: 'evaluation',
    testAccuracy: alone.state === 'diverged' ? null : alone.test?.accuracy,
  });

  // Folders of older runs are read as they are.
  const old = '-20260105-101500-3f2a';
  await rename(folder, join(cluster.runs, old));
  expectRefusal(await shoal(['runs', 'show', old]), [`./runs/${old}`]);
  const shown = await shoal(['runs', 'show', join(cluster.runs, old), '--json']);
  expect(shown.lines[0]).toMatchObject({ runId: old });
});

test('what a spec says reaches a terminal as text, whatever it is made of', async () => {
  const evil = 'a\u001b]0;title\u0007\u001b[2J\u009b31m\u202egnp';
  const cluster = await Cluster.of(perceptron({ name: evil.slice(0, 20), about: `${evil}\nRun forged` }));
  const where = cluster.where.filter((word) => word !== '--json');
  const trained = await shoal([
    'train',
    '--config',
    cluster.config,
    ...where,
    '--workers',
    '1',
    '--port',
    '0',
  ]);
  expect(trained.code).toBe(0);
  const [runId = ''] = /run-\S+|a-\S+/.exec(trained.text) ?? [];
  const out = ['--out', cluster.runs];
  const outputs = [
    trained,
    await shoal(['runs', 'show', runId, ...out]),
    await shoal(['runs', 'show', runId, ...out, '--json']),
    await shoal(['runs', ...out, '--json']),
    await shoal(['train', '--config', cluster.config, '--print-config']),
  ];
  for (const { text, errors, lines, raw } of outputs) {
    expect(lines.length + text.length).toBeGreaterThan(0);
    for (const printed of [raw, errors]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }
    expect(raw).not.toMatch(/^Run forged/m);
  }
  expect(outputs[1]?.text).toContain('a␛]0;title␇␛[2J�31m�gnp␊Run forged');
  expect(outputs[2]?.lines[0]).toMatchObject({ spec: { about: `${evil}\nRun forged` } });
});

test('an exchange is estimated for lines as they are said to be, in words and as JSON', async () => {
  const about = ['exchange', '--preset', 'mnist-cnn', '--remote-workers', '4', '--up', '1', '--down', '10'];
  const { lines } = await shoal([...about, '--json']);
  expect(lines.map(({ name }) => name)).toEqual(['gradients', 'shortGradients', 'rounds']);
  expect(lines.filter(({ recommended }) => recommended).map(({ name }) => name)).toEqual(['rounds']);
  expect(lines.map(({ written }) => written)).toEqual([true, false, false]);
  const { text } = await shoal(about);
  expect(text).toContain('4 workers behind 1 Mbit/s up and 10 down');
  expect(text).toMatch(/rounds of local steps.*recommended/);
  const wrong = await shoal(['exchange', '--up', '0']);
  expect(wrong.code).toBe(2);
  expect(wrong.errors).toContain('--up must be a number above 0, not "0".');
});

test('a worker tells no name of its machine, and takes its link from where nobody else sees it', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 4_000 }));
  const coordinator = cluster.train(0);
  const url = await coordinator.joinUrl();
  const token = url.slice(url.indexOf('#') + 1);
  const folder = await temporaryFolder();
  const linkFile = join(folder, 'link');
  await writeFile(linkFile, `${url}\n`);
  const words = ['--threads', '1', '--json'];
  const isJoined = ({ type, event }: { type: string; [field: string]: unknown }): boolean =>
    type === 'worker' && event === 'joined';

  const asked = ShoalProcess.start(['worker', '-', ...words], { input: `${url}\n` });
  const { name } = await coordinator.line(isJoined, 'The first');
  expect(name).toMatch(/^worker-[0-9a-f]{4}$/);
  asked.kill('SIGTERM');
  expect(await asked.end()).toMatchObject({ code: 0 });

  const before = coordinator.lines.length;
  const byFile = ShoalProcess.start(['worker', '--link-file', linkFile, ...words]);
  await coordinator.line(isJoined, 'The second', before);
  byFile.kill('SIGTERM');
  await byFile.end();

  const bare = new URL(url).origin;
  const byToken = ShoalProcess.start(['worker', bare, '--token-file', '-', '--name', 'by-token', ...words], {
    input: token,
  });
  await coordinator.line(isWorker('joined', 'by-token'), 'The third');
  byToken.kill('SIGTERM');
  await byToken.end();

  const asWord = ShoalProcess.start(['worker', url, '--name', 'as-word', ...words]);
  await coordinator.line(isWorker('joined', 'as-word'), 'The fourth');
  if (process.platform === 'linux') {
    const listed = await readFile(`/proc/${asWord.pid}/cmdline`, 'latin1');
    expect(listed).toContain('shoal worker');
    expect(listed).not.toContain(token);
  }
  expect(JSON.stringify(coordinator.lines)).not.toContain(`"${hostname()}"`);

  expectRefusal(await shoal(['worker', '-'], { input: '' }), [/Standard input holds nothing/]);
  expectRefusal(await shoal(['worker', '--link-file', join(folder, 'none')]), [/cannot be read/]);
  await writeFile(join(folder, 'two'), 'two words');
  expectRefusal(await shoal(['worker', '--link-file', join(folder, 'two')]), [/holds no link/]);
  expectRefusal(await shoal(['worker']), [/write - to be asked for it/, /--link-file/]);
});
