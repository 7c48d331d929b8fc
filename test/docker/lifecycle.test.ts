/** How a container starts, shows its health, is sealed, and ends; and what happens to a coordinator without its volume. */
import { describe, expect, inject, test } from 'vitest';
import { fromStep, isWorker } from '../support/cluster.ts';
import type { ShoalContainer } from './support/shoalContainer.ts';
import { Stage, volume } from './support/stage.ts';

/** Docker kills what has not ended by then; the exit code tells. */
const STOP_SECONDS = 5;
const PATIENCE = { timeout: 120_000, interval: 250 };
/** So slow that nobody sees its end. */
const SPEC = [
  ...['--preset=mnist-softmax', '--set=data.limit=4000', '--set=epochs=1000', '--set=data.validation=0'],
  ...['--set=earlyStopping=null', '--set=checkpoint.everySteps=50', '--pace=20'],
];

const listening = (container: ShoalContainer): Promise<unknown> =>
  container.output.line(({ type }) => type === 'listening', 'The join link');

describe.skipIf(inject('dockerSession') === null)('a container', () => {
  test('is stopped within 5 s: the worker leaves in order, the coordinator writes a checkpoint and goes on from it', async () => {
    const stage = await Stage.set(SPEC);
    const coordinator = await stage.coordinator();
    await listening(coordinator);
    const first = await stage.worker('one');
    const second = await stage.worker('two');
    const { output } = coordinator;
    await output.line(fromStep(20), 'Step 20');

    await first.stop(STOP_SECONDS);
    expect(await first.ended()).toBe(0);
    expect((await output.line(isWorker('left', 'one'), 'The end of the first')).reason).toBe(
      'Left in order.',
    );

    await coordinator.stop(STOP_SECONDS);
    expect(await coordinator.ended()).toBe(143);
    const stopped = await output.line(({ type }) => type === 'result', 'The result', 1).catch(() => null);
    expect(stopped).toMatchObject({ state: 'stopped', reason: 'Its process was told to end (SIGTERM).' });

    const from = output.lines.length;
    await coordinator.again();
    expect(await output.line(({ type }) => type === 'run', 'The resumed run', from)).toMatchObject({
      runId: stopped?.runId,
      resumedFromStep: stopped?.steps,
    });
    // The second worker has waited for it.
    await output.line(isWorker('joined', 'two'), 'The second worker', from);
    await second.stop(STOP_SECONDS);
    expect(await second.ended()).toBe(0);
  });

  test('shows how it is: healthy while it takes part, not while it waits, and not alive when it is frozen', async () => {
    const stage = await Stage.set(SPEC);
    const coordinator = await stage.coordinator();
    await listening(coordinator);
    const worker = await stage.worker('one');
    await coordinator.output.line(isWorker('joined', 'one'), 'The worker');
    await expect.poll(() => worker.health(), PATIENCE).toBe('healthy');
    await expect.poll(() => coordinator.health(), PATIENCE).toBe('healthy');

    await coordinator.kill();
    await coordinator.ended();
    await expect
      .poll(() => worker.exec('/app/worker.sh'), PATIENCE)
      .toMatchObject({ code: 1, output: expect.stringMatching(/waiting/) });
    expect(await worker.exec('/app/worker.sh', '--alive')).toMatchObject({ code: 0 });

    // All but the first process, which is the init that passes signals on.
    await worker.exec('sh', '-c', 'kill -STOP $(cat /proc/1/task/1/children)');
    await expect
      .poll(() => worker.exec('/app/worker.sh', '--alive'), PATIENCE)
      .toMatchObject({ code: 1, output: expect.stringMatching(/no sign of life/) });
  });

  test('runs as nobody in particular, on a root file system that it cannot write', async () => {
    const stage = await Stage.set(SPEC);
    const coordinator = await stage.coordinator();
    await listening(coordinator);
    for (const container of [coordinator, await stage.worker('one')]) {
      expect((await container.exec('id', '-u')).output.trim()).toBe('1000');
      for (const place of ['/app/new', '/usr/new', '/home/node/new'])
        expect((await container.exec('touch', place)).output).toMatch(/Read-only file system/);
      const { output: status } = await container.exec('cat', '/proc/1/status');
      expect(status).toMatch(/^CapEff:\s*0+$/m);
      expect(status).toMatch(/^NoNewPrivs:\s*1$/m);
    }
    // A worker may read the token that it joins with, and nothing else of the coordinator's.
    const worker = await stage.worker('two');
    expect((await worker.exec('sh', '-c', 'echo x > /join/token')).output).toMatch(/Read-only/);
    expect((await worker.exec('ls', '/runs')).output).toMatch(/No such file/);
  });

  test('of a coordinator without its volume invents no run in place of the lost one, and says so', async () => {
    const stage = await Stage.set(SPEC);
    const coordinator = await stage.coordinator();
    await listening(coordinator);
    await stage.worker('one');
    await coordinator.output.line(fromStep(60), 'Step 60');
    const runId = String(coordinator.output.lines[0]?.runId);
    await coordinator.kill();
    await coordinator.ended();

    const empty = await stage.coordinator({ runs: await volume('empty') });
    expect(await empty.ended()).toBe(2);
    await expect
      .poll(() => empty.output.text, PATIENCE)
      .toMatch(
        new RegExp(`/join/run says that the run ${runId} goes on here, but it is not in /runs\\. .*volume`),
      );
    expect(empty.output.lines.some(({ type }) => type === 'run')).toBe(false);

    const none = await stage.coordinator({ runs: null });
    expect(await none.ended()).toBe(2);
    await expect.poll(() => none.output.text, PATIENCE).toMatch(/says that the run .* volume/);

    // With its volume it goes on.
    const back = await stage.coordinator();
    expect(await back.output.line(({ type }) => type === 'run', 'The run')).toMatchObject({ runId });
  });
});
