/**
 * Invariant 3: a coordinator that is killed at any instant resumes to the same bits. And what `resume` says when there
 * is nothing to resume, or something else than what was stopped.
 */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KERNEL_BUILD } from '@shoal/core';
import { describe, expect, test } from 'vitest';
import { Cluster, fromStep, isEpoch, isWorker, runIdOf, startWorker } from '../support/cluster.ts';
import { CoordinatorClient } from '../support/coordinatorClient.ts';
import { HandWorker } from '../support/handWorker.ts';
import { expectRefusal } from '../support/refusal.ts';
import { type ShoalProcess, shoal } from '../support/shoalProcess.ts';
import { everything, perceptron } from '../support/specs.ts';

const NAMES = ['left-hand', 'right-hand'];

/** Steps that the checkpoint on disk has done; it lies still, since its coordinator is dead. */
async function stepOnDisk(cluster: Cluster, runId: string): Promise<number> {
  const bytes = await readFile(cluster.checkpoint(runId)).catch(() => null);
  if (bytes === null) return 0;
  const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString()) as {
    readonly __metadata__: { readonly progress: string };
  };
  return (JSON.parse(header.__metadata__.progress) as { readonly globalStep: number }).globalStep;
}

/** Checkpoints are written in the background: waits, line by line, until one is there. */
async function untilCheckpoint(cluster: Cluster, coordinator: ShoalProcess): Promise<void> {
  const file = cluster.checkpoint(await runIdOf(coordinator));
  for (let next = coordinator.lines.length; ; next += 1) {
    const found = await stat(file).catch(() => null);
    if (found !== null) return;
    await coordinator.line(() => true, 'A line before the first checkpoint', next);
  }
}

async function kill(coordinator: ShoalProcess): Promise<void> {
  coordinator.kill('SIGKILL');
  expect(await coordinator.exited).toMatchObject({ signal: 'SIGKILL' });
  await coordinator.outputsEnded;
  expect(coordinator.lines.some(({ type }) => type === 'result')).toBe(false);
}

test('a coordinator killed between checkpoints, at a checkpoint and during validation resumes to the same bits', async () => {
  // 21 steps of 40 samples an epoch, a checkpoint every 5, and a validation as long as many steps.
  const data = { ...everything().data, validation: 1200 };
  const spec = everything({ data, epochs: 24, earlyStopping: { metric: 'validationLoss', patience: 20 } });
  const cluster = await Cluster.of(spec, { train: 2040, test: 80 });
  const alone = await cluster.alone();
  // Slow: it does not end before it has been killed as often as that takes.
  const slow = ['--verbose', '--pace', '20'];
  const first = cluster.train(0, slow);
  const runId = await runIdOf(first);
  const url = await first.joinUrl();
  // These two stay to the end: port and token of a run never change, so they find each coordinator by themselves.
  const workers = NAMES.map((name) => startWorker(url, name));

  const resumed = async (): Promise<ShoalProcess> => {
    const durable = await stepOnDisk(cluster, runId);
    const next = cluster.resume(runId, 0, slow);
    const line = await next.line(({ type }) => type === 'run', 'The run line');
    expect(line).toMatchObject({ runId, resumedFromStep: durable });
    expect(await next.joinUrl()).toBe(url);
    await next.line(({ type, event }) => type === 'worker' && event === 'joined', 'A worker that comes back');
    return next;
  };

  await first.line(fromStep(28), 'Step 28');
  await untilCheckpoint(cluster, first);
  await kill(first);
  expect(await stepOnDisk(cluster, runId)).toBeGreaterThan(0);

  const second = await resumed();
  await second.line(fromStep(40), 'Step 40');
  await kill(second);

  let coordinator = await resumed();
  let inValidation = 0;
  for (let attempt = 0; attempt < 12 && inValidation === 0; attempt += 1) {
    // The signal may come too late; then the next epoch is tried.
    const { epoch } = await coordinator.line(
      ({ type, step }) => type === 'step' && step === 21,
      'A last step',
    );
    await kill(coordinator);
    if (!coordinator.lines.some(isEpoch(epoch as number))) inValidation = epoch as number;
    coordinator = await resumed();
  }
  expect(
    inValidation,
    'No coordinator was killed during a validation, so nothing is shown for one.',
  ).toBeGreaterThan(0);
  // The one that is back could finish the run before the other tries again, which would then try for ever.
  const client = await CoordinatorClient.of(coordinator);
  await client.post('/api/run/pause');
  for (const name of NAMES) await coordinator.line(isWorker('joined', name), `The return of ${name}`);
  expect((await client.post('/api/run/pace', { stepsPerSecond: null })).status).toBe(200);
  await client.post('/api/run/resume');

  const result = await coordinator.result();
  expect(result).toMatchObject({ parametersSha256: alone.parametersSha256, steps: alone.steps });
  expect(result).toMatchObject({ state: 'finished', epochs: alone.epochs });
  expect(await coordinator.end()).toMatchObject({ code: 0 });
  for (const worker of workers) expect(await worker.end()).toEqual({ code: 0, signal: null });
});

test('local workers end when their coordinator is killed', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 500 }));
  const coordinator = cluster.train(2);
  await coordinator.line(isWorker('joined', 'local-1'), 'Worker 1');
  await coordinator.line(isWorker('joined', 'local-2'), 'Worker 2');
  coordinator.kill('SIGKILL');
  await coordinator.exited;
  // The workers write their warnings to the coordinator's stderr: it ends when the last of them has.
  await coordinator.end();
});

test.skipIf(process.platform === 'win32')(
  'Ctrl-C writes a checkpoint and says how to go on, which then works',
  async () => {
    const cluster = await Cluster.of(everything({ epochs: 14, earlyStopping: null }), {
      train: 660,
      test: 60,
    });
    const alone = await cluster.alone();
    const coordinator = cluster.train(0, ['--verbose']);
    const hand = await HandWorker.join(await coordinator.joinUrl(), cluster.spec);
    await coordinator.line(fromStep(17), 'Step 17');
    hand.hold();
    coordinator.kill('SIGINT');
    const stopped = await coordinator.result();
    expect(await coordinator.end()).toEqual({ code: 130, signal: null });
    expect(stopped).toMatchObject({ state: 'stopped', reason: 'It was interrupted (Ctrl-C or SIGINT).' });
    const runId = await runIdOf(coordinator);
    // A durable step is never lost: the checkpoint is of the very step at which the run stopped.
    expect(await stepOnDisk(cluster, runId)).toBe(stopped.steps);

    const notice = coordinator.lines.find(({ message }) => String(message).startsWith('Go on with: '));
    expect(notice?.message).toBe(
      `Go on with: npx --no shoal resume ${runId} --out ${cluster.runs} --workers 0`,
    );
    const words = String(notice?.message).replace('Go on with: npx --no shoal ', '').split(' ');
    const resumed = await shoal([...words, ...cluster.where, '--workers', '2']);
    expect(resumed.lines[0]).toMatchObject({ type: 'run', resumedFromStep: stopped.steps });
    expect(resumed.lines.at(-1)).toMatchObject({ type: 'result', parametersSha256: alone.parametersSha256 });
    expect(resumed.code).toBe(0);

    expectRefusal(await shoal(['resume', runId, ...cluster.where]), [/has already ended/, /shoal train/]);
  },
);

describe('what cannot be resumed', () => {
  /** A run of one worker that was stopped in its first epoch, with its checkpoint. */
  async function stopped(cluster: Cluster): Promise<string> {
    // Slow: it does not end before it is killed.
    const coordinator = cluster.train(1, ['--verbose', '--pace', '20']);
    await coordinator.line(fromStep(6), 'Step 6');
    await coordinator.line(isEpoch(1), 'Epoch 1');
    await untilCheckpoint(cluster, coordinator);
    await kill(coordinator);
    return runIdOf(coordinator);
  }

  test('is refused with a sentence that names the file: damaged, of another model, spec or kernel build', async () => {
    const cluster = await Cluster.of(perceptron({ epochs: 300 }));
    const other = await Cluster.of(everything({ epochs: 300, earlyStopping: null }));
    const runId = await stopped(cluster);
    const file = cluster.checkpoint(runId);
    const good = await readFile(file);
    const resume = () => shoal(['resume', runId, ...cluster.where, '--workers', '1']);

    await writeFile(file, good.subarray(0, good.length - 100));
    expectRefusal(await resume(), [file, /cut short|damaged/]);

    const flipped = Buffer.from(good);
    flipped[flipped.length - 50] = (flipped[flipped.length - 50] as number) ^ 4;
    await writeFile(file, flipped);
    expectRefusal(await resume(), [file, /checksums: the file is damaged/]);

    await writeFile(file, await readFile(other.checkpoint(await stopped(other))));
    expectRefusal(await resume(), [file, /another model/]);

    const build = `${KERNEL_BUILD.slice(0, -4)}0000`;
    await writeFile(file, Buffer.from(good.toString('latin1').replace(KERNEL_BUILD, build), 'latin1'));
    expectRefusal(await resume(), [file, build, KERNEL_BUILD, /start a new run/]);

    await writeFile(file, good);
    const record = join(cluster.runs, runId, 'run.json');
    const text = await readFile(record, 'utf8');
    await writeFile(record, text.replace('"seed": 5', '"seed": 6'));
    expectRefusal(await resume(), [file, /another run spec/]);
    await writeFile(record, text.slice(0, 100));
    expectRefusal(await resume(), [record, /cannot be read/]);
    await writeFile(record, text);

    await writeFile(join(cluster.runs, '..', 'bars', 't10k-labels-idx1-ubyte'), Buffer.alloc(108));
    expectRefusal(await resume(), [/bars/]);
  });

  test('an unknown run is named, with the runs there are', async () => {
    const cluster = await Cluster.of(perceptron({ epochs: 1 }));
    const run = cluster.train(1);
    const { runId } = await run.result();
    await run.end();
    expectRefusal(await shoal(['resume', 'no-such-run', ...cluster.where]), [
      /no run "no-such-run"/,
      String(runId),
    ]);
  });
});
