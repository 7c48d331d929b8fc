/**
 * The life of a process beside its terminal: a reader that goes away, an output that is full, a window that is closed. A
 * run that is meant to go on does; one that ends writes its checkpoint and says why. Exit codes are true.
 */
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Cluster, fromStep, isEpoch, runIdOf, startWorker, temporaryFolder } from '../support/cluster.ts';
import { CoordinatorClient } from '../support/coordinatorClient.ts';
import { HandWorker } from '../support/handWorker.ts';
import { hasPseudoTerminals, PseudoTerminal } from '../support/pseudoTerminal.ts';
import { expectRefusal } from '../support/refusal.ts';
import { type Line, SHOAL, ShoalProcess, shoal } from '../support/shoalProcess.ts';
import { everything, perceptron } from '../support/specs.ts';

const PATIENCE = { timeout: 120_000, interval: 100 };
const isPosix = process.platform !== 'win32';
const isLinux = process.platform === 'linux';

const long = () => everything({ epochs: 14, earlyStopping: null });
const SIZE = { train: 660, test: 60 };

async function onlyRun(cluster: Cluster): Promise<string> {
  const runs = async (): Promise<string[]> =>
    (await readdir(cluster.runs).catch(() => [])).filter((name) => name.startsWith(`${cluster.spec.name}-`));
  await expect.poll(runs, PATIENCE).toHaveLength(1);
  return (await runs())[0] as string;
}

const logOf = (cluster: Cluster, runId: string): Promise<string> =>
  readFile(join(cluster.runs, runId, 'run.log'), 'utf8').catch(() => '');

const resultOf = async (cluster: Cluster, runId: string): Promise<Line> =>
  JSON.parse(await readFile(join(cluster.runs, runId, 'result.json'), 'utf8')) as Line;

/** The command line of a run in this cluster, as a shell's words. */
const words = (cluster: Cluster, args: readonly string[]): string =>
  [process.execPath, SHOAL, ...args, ...cluster.where.filter((word) => word !== '--json')]
    .map((word) => `'${word}'`)
    .join(' ');

/** The process that carries out the run, by its own log; it ends with the test. */
async function processOf(cluster: Cluster, runId: string): Promise<number> {
  await expect.poll(() => logOf(cluster, runId), PATIENCE).toMatch(/in process \d+/);
  const pid = Number(/in process (\d+)/.exec(await logOf(cluster, runId))?.[1]);
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  return pid;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a run whose reader goes away goes on to its end and delivers its model', async () => {
  const cluster = await Cluster.of(long(), SIZE);
  const alone = await cluster.alone();
  const run = cluster.train(0, ['--verbose']);
  const runId = await runIdOf(run);
  const hand = await HandWorker.join(await run.joinUrl(), cluster.spec);
  await run.line(fromStep(8), 'Step 8');
  hand.hold();
  run.stopReading();
  hand.goOn();
  expect(await run.end()).toEqual({ code: 0, signal: null });
  expect(run.errors).toMatch(/^Nobody reads the output any more \(EPIPE\)\. The work goes on without it\.$/m);
  expect(run.errors).not.toMatch(/^\s+at /m);
  expect(await resultOf(cluster, runId)).toMatchObject({
    state: 'finished',
    parametersSha256: alone.parametersSha256,
  });
  expect(await logOf(cluster, runId)).toMatch(
    /Nobody reads the output.*\n.*has ended after step \d+ \(finished\)/,
  );
});

test.runIf(isLinux)(
  'on an output that is full a run goes on, and its exit code says what is missing',
  async () => {
    const cluster = await Cluster.of(perceptron());
    const alone = await cluster.alone();
    const within = ['/bin/sh', '-c', 'exec "$@" > /dev/full', 'full'];
    const run = cluster.train(1, [], { within });
    expect(await run.end()).toEqual({ code: 1, signal: null });
    expect(run.errors).toBe(
      'The output can no longer be written (ENOSPC), so that it is not complete. The work goes on without it.\n',
    );
    expect(await resultOf(cluster, await onlyRun(cluster))).toMatchObject({
      state: 'finished',
      parametersSha256: alone.parametersSha256,
    });
    for (const command of [['presets'], ['--help'], ['train', '--print-config'], ['doctor', '--json']]) {
      expectRefusal(await shoal(command, { within }), [/^The output cannot be written \(ENOSPC\)/], 1);
    }
  },
);

test.runIf(isPosix)('SIGHUP, SIGTERM and Ctrl-C each write a checkpoint and are told apart', async () => {
  const cluster = await Cluster.of(long(), SIZE);
  const alone = await cluster.alone();
  const first = cluster.train(0, ['--verbose']);
  const runId = await runIdOf(first);
  let run = first;
  let hand = await HandWorker.join(await run.joinUrl(), cluster.spec);
  for (const [signal, code, reason] of [
    ['SIGHUP', 129, 'Its terminal was closed (SIGHUP).'],
    ['SIGTERM', 143, 'Its process was told to end (SIGTERM).'],
    ['SIGINT', 130, 'It was interrupted (Ctrl-C or SIGINT).'],
  ] as const) {
    await run.line(({ type }) => type === 'step', 'A step');
    hand.hold();
    run.kill(signal);
    // What closes a terminal, or npm, sends it again at once: that ends nothing early.
    run.kill(signal);
    const stopped = await run.result();
    expect(stopped).toMatchObject({ state: 'stopped', reason });
    expect(await run.end()).toEqual({ code, signal: null });
    expect((await logOf(cluster, runId)).trim().split('\n').at(-1)).toContain(`(stopped): ${reason}`);
    run = cluster.resume(runId, 0, ['--verbose']);
    expect(await run.line(({ type }) => type === 'run', 'The run')).toMatchObject({
      resumedFromStep: stopped.steps,
    });
    hand = await HandWorker.join(await run.joinUrl(), cluster.spec);
  }
  expect(await run.result()).toMatchObject({ parametersSha256: alone.parametersSha256 });
  expect(await run.end()).toMatchObject({ code: 0 });
});

test.runIf(hasPseudoTerminals)('a window that is closed ends its run in order', async () => {
  const cluster = await Cluster.of(everything({ epochs: 60, earlyStopping: null }), SIZE);
  const alone = await cluster.alone();
  const folder = await temporaryFolder();
  // Slow: it does not end before the window is closed.
  const train = ['train', '--config', cluster.config, '--workers', '1', '--port', '0', '--pace', '20'];
  const run = words(cluster, train);
  const terminal = PseudoTerminal.open(`(trap : HUP; ${run}; echo $? > exit-code); true`, folder);
  const runId = await onlyRun(cluster);
  await processOf(cluster, runId);
  await expect.poll(() => terminal.shown, PATIENCE).toMatch(/epoch +1\/60 /);
  terminal.close();
  await expect
    .poll(() => readFile(join(folder, 'exit-code'), 'utf8').catch(() => ''), PATIENCE)
    .toBe('129\n');
  expect(await logOf(cluster, runId)).toMatch(/\(stopped\): Its terminal was closed \(SIGHUP\)\.\n$/);
  await access(cluster.checkpoint(runId));
  const resumed = cluster.resume(runId, 1);
  expect(await resumed.result()).toMatchObject({ parametersSha256: alone.parametersSha256 });
});

test.runIf(hasPseudoTerminals).each([
  ['nohup', (run: string) => `nohup ${run} & wait`],
  ['a shell that ignores SIGHUP', (run: string) => `(trap '' HUP; ${run} > out.txt 2> err.txt; true); true`],
])('with %s a run outlives its window', async (_name, line) => {
  const cluster = await Cluster.of(long(), SIZE);
  const alone = await cluster.alone();
  const run = words(cluster, ['train', '--config', cluster.config, '--workers', '0', '--port', '0']);
  const folder = await temporaryFolder();
  const terminal = PseudoTerminal.open(line(run), folder);
  const runId = await onlyRun(cluster);
  const pid = await processOf(cluster, runId);
  // The shell that stands first in the terminal is ended by the system, and what it started is sent SIGHUP. Nothing is
  // computed before a worker joins, so that the window is gone long before the run ends.
  terminal.close();
  await expect
    .poll(() => logOf(cluster, runId), PATIENCE)
    .toMatch(/The terminal was closed \(SIGHUP\)\. The work goes on/);
  const { links } = await joinInfoOf(cluster, runId);
  const worker = ShoalProcess.start(['worker', '-', '--threads', '1', '--json'], { input: `${links}\n` });
  expect(await worker.end()).toMatchObject({ code: 0 });
  await expect.poll(() => isAlive(pid), PATIENCE).toBe(false);
  expect(await resultOf(cluster, runId)).toMatchObject({
    state: 'finished',
    parametersSha256: alone.parametersSha256,
  });
});

/** The join link of a coordinator whose output nobody reads: from its folder. */
async function joinInfoOf(cluster: Cluster, runId: string): Promise<{ readonly links: string }> {
  const folder = join(cluster.runs, runId);
  const port = (await readFile(join(folder, 'port'), 'utf8')).trim();
  const text = await readFile(join(folder, 'access.json'), 'utf8');
  const token = /"worker": *"([^"]+)"/.exec(text)?.[1];
  return { links: `http://127.0.0.1:${port}/join#${token}` };
}

test('of two that go on with one run at once exactly one trains, and the other says who does', async () => {
  const cluster = await Cluster.of(long(), SIZE);
  const alone = await cluster.alone();
  const first = cluster.train(0, ['--verbose']);
  const runId = await runIdOf(first);
  const hand = await HandWorker.join(await first.joinUrl(), cluster.spec);
  await first.line(fromStep(17), 'Step 17');
  // It does not end meanwhile: nobody else may go on with it.
  hand.hold();
  expectRefusal(await shoal(['resume', runId, ...cluster.where, '--workers', '1']), [
    `The run ${runId} is in use by process ${first.pid} on `,
    /end that one first/,
  ]);
  const page = ShoalProcess.start(['serve', ...cluster.where, '--port', '0']);
  const client = await CoordinatorClient.of(page);
  const refusal = await client.post(`/api/runs/${runId}/resume`);
  expect(refusal).toMatchObject({ status: 409 });
  expect(JSON.stringify(refusal.body)).toContain(`is in use by process ${first.pid} on `);
  page.kill('SIGTERM');
  await page.end();
  first.kill('SIGKILL');
  await first.outputsEnded;

  // Without a worker, so that the one that has the run cannot be at its end before the other asks for it.
  const both = [cluster.resume(runId, 0), cluster.resume(runId, 0)];
  await Promise.race(both.map((one) => one.exited));
  const [trained, refused] = both[0]?.isRunning ? both : both.reverse();
  startWorker(String(await trained?.joinUrl()), 'late');
  expect((await refused?.end())?.code).toBe(2);
  expect((await trained?.end())?.code).toBe(0);
  expect(refused?.errors).toContain(`The run ${runId} is in use by process ${trained?.pid} on `);
  expect(refused?.lines.some(({ type }) => type === 'run')).toBe(false);
  expect(await trained?.result()).toMatchObject({ parametersSha256: alone.parametersSha256 });
});

test('of two that start by one run file at once exactly one starts a run', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 300 }));
  const file = join(await temporaryFolder(), 'state', 'run');
  const both = [cluster.train(0, ['--run-file', file]), cluster.train(0, ['--run-file', file])];
  await Promise.race(both.map((one) => one.exited));
  const [started, refused] = both[0]?.isRunning ? both : both.reverse();
  startWorker(String(await started?.joinUrl()), 'late');
  expect((await refused?.end())?.code).toBe(2);
  expect((await started?.end())?.code).toBe(0);
  expect(refused?.errors).toContain(`The run file ${file} is in use by process `);
  const folders = (await readdir(cluster.runs)).filter((name) => name.startsWith('perceptron-'));
  expect(folders).toHaveLength(1);
});

test.runIf(isPosix)('a warning is printed once, in one form', async () => {
  const cluster = await Cluster.of(long(), SIZE);
  // Slow: it does not end before it is interrupted.
  const first = cluster.train(1, ['--verbose', '--pace', '20']);
  await first.line(isEpoch(1), 'Epoch 1');
  first.kill('SIGINT');
  await first.end();
  const runId = await runIdOf(first);
  const { length } = await readFile(cluster.checkpoint(runId));
  const within = ['/bin/bash', '-c', `ulimit -f ${Math.floor(length / 1024) - 1} && exec "$@"`, 'limited'];
  const where = cluster.where.filter((word) => word !== '--json');
  const full = await shoal(['resume', runId, ...where, '--workers', '1'], { within });
  const lines = `${full.text}\n${full.errors}`
    .split('\n')
    .filter((line) => line.includes('could not be written'));
  const kinds = lines.map((line) => line.replaceAll(/\d+/g, '#'));
  expect(new Set(kinds).size).toBe(lines.length);
  for (const line of lines) expect(line).toMatch(/^Warning: (The|A) .*\.( \([\d,]+ more like this\))?$/);
  expect(lines.length).toBeGreaterThan(0);
  // Finished, and nothing of it on the disk: a script must not take that for success.
  if (
    !(await access(join(cluster.runs, runId, 'model.safetensors')).then(
      () => true,
      () => false,
    ))
  )
    expect(full.code).toBe(1);
});
