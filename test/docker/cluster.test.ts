/**
 * Invariants 1 and 3 on separate machines, as far as one engine can give them: whatever befalls the containers, and the
 * coordinator's own, the run ends with the bits that it has without Docker.
 */
import { describe, expect, inject, test } from 'vitest';
import { fromStep, isWorker } from '../support/cluster.ts';
import type { Line } from '../support/shoalProcess.ts';
import type { ShoalContainer } from './support/shoalContainer.ts';
import { Stage } from './support/stage.ts';

/** Slow enough for all that is to happen to happen during the run, on a fast machine as well. */
const SLOW_CPUS = 0.06;
const FAST_CPUS = 1;
const STEPS_BETWEEN = 3;

const SPEC = [
  ...['--preset=mnist-cnn', '--set=data.limit=3000', '--set=data.validation=440', '--set=batch=128'],
  ...['--set=microbatch=16', '--set=epochs=10', '--set=checkpoint.everySteps=5'],
];

/** The preset for slow lines with rounds of some 250 samples, of which 2,560 make ten; digits where there is no MNIST. */
const SLOW_LINE = [
  ...['--preset=mnist-cnn-slow-line', '--set=data.limit=3000', '--set=data.validation=440'],
  ...['--set=steps.replicas=4', '--set=steps.localSteps=8', '--set=epochs=4', '--set=earlyStopping=null'],
];

describe.skipIf(inject('dockerSession') === null)('a cluster in containers', () => {
  test('whose machines are killed, frozen, cut off, added and taken away ends with the bits of a run without Docker', async () => {
    const stage = await Stage.set(SPEC);
    const expected = stage.outside();
    const coordinator = await stage.coordinator();
    const { output } = coordinator;
    const joined = async (name: string, from = 0): Promise<void> => {
      await output.line(isWorker('joined', name), `The worker ${name}`, from);
    };
    const start = async (...names: string[]): Promise<ShoalContainer[]> => {
      const started = await Promise.all(names.map((name) => stage.worker(name)));
      await Promise.all(names.map((name) => joined(name)));
      await Promise.all(started.map((worker) => worker.setCpus(SLOW_CPUS)));
      return started;
    };
    /** The run goes on: so many steps are done after this moment. */
    const goesOn = async (what: string): Promise<void> => {
      const step = Number(output.lines.findLast(({ type }) => type === 'step')?.globalStep ?? 0);
      await output.line(fromStep(step + STEPS_BETWEEN), `A step after ${what}`);
    };
    const leaves = (name: string, from = 0): Promise<Line> =>
      output.line(isWorker('left', name), `The end of ${name}`, from);

    const [first, second] = (await start('one', 'two')) as [ShoalContainer, ShoalContainer];
    await goesOn('the start with two workers');
    const [third, fourth, fifth] = await start('three', 'four', 'five');
    await goesOn('the growth to five workers');

    await first.kill();
    await leaves('one');
    await goesOn('a killed worker');

    const freeze = async (worker: ShoalContainer): Promise<void> => {
      // The kernel cannot freeze a process that waits for its share of the processor.
      await worker.setCpus(FAST_CPUS);
      await worker.pause();
    };
    const thaw = async (worker: ShoalContainer): Promise<void> => {
      await worker.unpause();
      await worker.setCpus(SLOW_CPUS);
    };
    await freeze(second);
    await goesOn('a frozen worker');
    await thaw(second);

    // On so little of a processor that takes its time.
    await Promise.all([fourth, fifth].map((worker) => worker?.stop(60)));
    expect((await leaves('four')).reason).toBe('Left in order.');
    expect((await leaves('five')).reason).toBe('Left in order.');
    await goesOn('the shrinking to two workers');

    await third?.disconnect();
    await goesOn('a worker that was cut off');
    // Only time shows that it is gone. Nobody computes meanwhile, so that the run does not end before it is back.
    await freeze(second);
    const cut = output.lines.length;
    await leaves('three', cut);
    await third?.connect();
    await thaw(second);
    await joined('three', cut);
    await goesOn('the return of the worker that was cut off');

    const killed = output.lines.length;
    await coordinator.kill();
    await coordinator.ended();
    await coordinator.again();
    const resumed = await output.line(({ type }) => type === 'run', 'The resumed run', killed);
    expect(resumed.runId).toBe(output.lines[0]?.runId);
    expect(resumed.resumedFromStep).toBeGreaterThan(0);
    await joined('two', killed);
    await joined('three', killed);
    await goesOn('the return of the coordinator');

    await Promise.all([second.setCpus(FAST_CPUS), third?.setCpus(FAST_CPUS)]);
    const result = await output.line(({ type }) => type === 'result', 'The result');
    const { steps, parametersSha256 } = await expected;
    expect(result).toMatchObject({ state: 'finished', steps, parametersSha256 });
    expect(await coordinator.ended()).toBe(0);
    expect(await second.ended()).toBe(0);
    expect(await third?.ended()).toBe(0);
  });

  test('that trains in rounds of local steps, whose vectors travel in few bits, loses one in the middle of its round and ends with the same bits', async () => {
    const stage = await Stage.set(SLOW_LINE);
    const expected = stage.outside();
    const coordinator = await stage.coordinator();
    const { output } = coordinator;
    // The slow one begins: the other would be done with all of it before a container on so little starts.
    const first = await stage.worker('one', { cpus: SLOW_CPUS });
    await output.line(isWorker('joined', 'one'), 'The worker one');
    await stage.worker('two');
    await output.line(isWorker('joined', 'two'), 'The worker two');
    await output.line(({ type }) => type === 'step', 'The first round');
    await first.kill();
    await output.line(isWorker('left', 'one'), 'The end of one');
    await stage.worker('three');
    const result = await output.line(({ type }) => type === 'result', 'The result');
    const { steps, parametersSha256 } = await expected;
    expect(result).toMatchObject({ state: 'finished', steps, parametersSha256 });
  });
});
