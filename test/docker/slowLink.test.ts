/**
 * A worker behind a slow link may not slow the others down: with it, a step takes at most 5 % longer than without it at
 * all. The two are measured by turns in one run, so that whatever else the machine does falls on both alike.
 */
import { describe, expect, inject, test } from 'vitest';
import { isWorker } from '../support/cluster.ts';
import { SlowLink } from './support/slowLink.ts';
import { Stage } from './support/stage.ts';

const ROUNDS = 6;
/** What else the machine does can spoil a measurement; a worker that is waited for would spoil each of them. */
const MEASUREMENTS_MAX = 3;
/** Left out at the start of each turn: the join with its probe, leases that were lost. */
const SETTLING_STEPS = 10;
const MEASURED_STEPS = 60;
const RATIO_MAX = 1.05;
/** So little that even a machine that is busy with other things has it to give. */
const CPUS = 0.15;

const SPEC = [
  ...['--preset=mnist-cnn', '--set=data.limit=4000', '--set=data.validation=0', '--set=earlyStopping=null'],
  ...['--set=batch=64', '--set=microbatch=8', '--set=epochs=1000', '--set=checkpoint.everySteps=1000000'],
];

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle) - 1] as number)) / 2;
};

describe.skipIf(inject('dockerSession') === null)('four workers in containers', () => {
  test('of which one is behind a slow link take no longer for a step than the three others alone', async () => {
    const stage = await Stage.set(SPEC);
    const coordinator = await stage.coordinator({ published: true });
    const { output } = coordinator;
    await output.line(({ type }) => type === 'listening', 'The coordinator');
    const [host, port] = (coordinator.origin as string).split(':') as [string, string];
    const link = await SlowLink.to(host, Number(port), { delayMs: 25, bitsPerSecond: 20_000_000 });
    for (const name of ['one', 'two', 'three']) await stage.worker(name, { cpus: CPUS });
    await stage.worker('slow', {
      cpus: CPUS,
      url: `http://test-host:${link.port}`,
    });
    await output.line(isWorker('joined', 'slow'), 'The slow worker');

    /** Milliseconds a step, from so many in a row. */
    const measure = async (): Promise<number> => {
      const from = output.lines.length;
      const seen: number[] = [];
      for (let at = from; seen.length < SETTLING_STEPS + MEASURED_STEPS; ) {
        const step = await output.line(({ type }) => type === 'step', 'A step', at);
        at = output.lines.indexOf(step, at) + 1;
        seen.push(Number(step.at));
      }
      return ((seen.at(-1) as number) - (seen[SETTLING_STEPS - 1] as number)) / MEASURED_STEPS;
    };
    const isIn = (): boolean =>
      output.lines.findLast(({ type, name }) => type === 'worker' && name === 'slow')?.event === 'joined';
    const figures = (turns: readonly number[]): string => turns.map((ms) => ms.toFixed(0)).join(', ');
    const compare = async (): Promise<number> => {
      const withIt: number[] = [];
      const withoutIt: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        withIt.push(await measure());
        let from = output.lines.length;
        link.open = false;
        if (isIn()) await output.line(isWorker('left', 'slow'), 'The slow worker, cut off', from);
        withoutIt.push(await measure());
        from = output.lines.length;
        link.open = true;
        if (!isIn()) await output.line(isWorker('joined', 'slow'), 'The slow worker, back', from);
      }
      // Medians of turns: a burst of something else on this machine spoils a turn, not the figure.
      const ratio = median(withIt) / median(withoutIt);
      process.stdout.write(
        `A step takes ${median(withIt).toFixed(1)} ms with the slow worker (${figures(withIt)}) and ` +
          `${median(withoutIt).toFixed(1)} ms without it (${figures(withoutIt)}): ${ratio.toFixed(3)} times as long.\n`,
      );
      return ratio;
    };
    const ratios = [await compare()];
    while (Math.min(...ratios) > RATIO_MAX && ratios.length < MEASUREMENTS_MAX) ratios.push(await compare());
    expect(Math.min(...ratios)).toBeLessThanOrEqual(RATIO_MAX);
  }, 600_000);
});
