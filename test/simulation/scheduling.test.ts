import { describe, expect, it } from 'vitest';
import { Disk } from './disk.ts';
import { SimCoordinator } from './simCoordinator.ts';
import { openSimulator } from './simulate.ts';
import { SimWorker } from './simWorker.ts';
import { World } from './world.ts';

/** One leaf is one sample; the virtual time of a step is what the workers' speeds and the schedule make it. */
const SPEC = {
  batch: 64,
  microbatch: 1,
  epochs: 6,
  data: { source: 'idx', validation: 1 },
  model: { input: [4], layers: [{ type: 'dense', units: 3 }], loss: 'cross_entropy' },
  earlyStopping: null,
  checkpoint: { everySteps: 100 },
};
const LEAF_MS = 20;
const QUALITY = { latencyMs: 1, bytesPerMs: 10_000 };

type Cluster = {
  readonly world: World;
  readonly workers: readonly SimWorker[];
  /** Virtual milliseconds of each whole step, in order. */
  readonly stepsMs: number[];
};

type Line = { readonly latencyMs: number; readonly bytesPerMs: number };

type RunOptions = {
  readonly spec?: Readonly<Record<string, unknown>>;
  /** The line of each worker; those left out have a fast one. */
  readonly lines?: readonly Line[];
  /** Threads of each worker, with the speed of `leafMs` each; those left out have one. */
  readonly threads?: readonly number[];
  /** May make trouble. */
  readonly onStep?: (cluster: Cluster) => void;
};

/** Runs to the end. */
async function run(leafMs: readonly number[], options: RunOptions = {}): Promise<Cluster> {
  const { onStep = () => {}, lines = [], threads = [] } = options;
  const { bench, probe } = await openSimulator({ ...SPEC, ...options.spec });
  const world = new World({ seed: 1, trace: false });
  const stepsMs: number[] = [];
  let began = 0;
  let cluster: Cluster | null = null;
  const coordinator = new SimCoordinator({
    world,
    bench,
    probe,
    disk: new Disk(world),
    watch: {
      moved: () => {
        began = world.now;
      },
      step: () => {
        stepsMs.push(world.now - began);
        began = world.now;
        if (cluster !== null) onStep(cluster);
      },
    },
  });
  const workers = leafMs.map(
    (ms, i) =>
      new SimWorker({
        world,
        bench,
        coordinator,
        name: `w${i}`,
        threads: threads[i] ?? 1,
        leafMs: ms,
        quality: lines[i] ?? QUALITY,
      }),
  );
  cluster = { world, workers, stepsMs };
  coordinator.start();
  for (const worker of workers) worker.start();
  while (coordinator.end === null && world.step()) {
    await Promise.resolve();
    await Promise.resolve();
  }
  return cluster;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** The least that any split of `leaves` over workers of these speeds takes. */
function bestStaticSplit(leaves: number, leafMs: readonly number[]): number {
  const held = leafMs.map(() => 0);
  for (let leaf = 0; leaf < leaves; leaf += 1) {
    const ends = leafMs.map((ms, i) => ((held[i] as number) + 1) * ms);
    held[ends.indexOf(Math.min(...ends))]! += 1;
  }
  return Math.max(...held.map((count, i) => count * (leafMs[i] as number)));
}

/** A leaf is a round of sixty microbatches, which takes seconds; a step has eight of them. */
const ROUNDS = {
  ...{ batch: 1, microbatch: 1, epochs: 14, trust: { spotCheck: 0 } },
  steps: { type: 'localSteps', replicas: 8, localSteps: 60, outer: { type: 'average' } },
};
const ROUND_MS = 3_000;

/** What one microbatch takes where a round takes so many times as long as usual. */
const roundsAt = (...slowness: readonly number[]): number[] =>
  slowness.map((times) => (times * ROUND_MS) / 60);

describe('scheduling of whole rounds', () => {
  it.each([
    ['equal machines', [1, 1, 1, 1], []],
    ['more machines than rounds', [1, 1, 1, 1, 1, 1, 1, 1, 1, 3], []],
    ['machines of which one is ten times slower', [1, 1, 1, 10], []],
    ['machines of four speeds', [1, 1.5, 2.2, 3], []],
    ['machines of four speeds, two of them with several threads', [1, 1.5, 2.2, 3], [1, 4, 1, 2]],
  ])('of %s comes within 3 percent of the best static split', async (_, slowness, threads) => {
    const { stepsMs } = await run(roundsAt(...slowness), { spec: ROUNDS, threads });
    const perThread = slowness.flatMap((times, i) => Array(threads[i] ?? 1).fill(times * ROUND_MS));
    // The last step has what remains, and the first ones go by the probe.
    const best = bestStaticSplit(8, perThread);
    expect(median(stepsMs.slice(2, -1)) / best).toBeLessThan(1.03);
  });

  it('does not wait for a worker that has become too slow for its round', async () => {
    const { stepsMs } = await run(roundsAt(1, 1, 1, 1), {
      spec: ROUNDS,
      onStep: ({ world, workers, stepsMs: done }) => {
        if (done.length !== 4) return;
        // It is at its second round when it becomes slow: it says how far it is, all the time.
        world.after(ROUND_MS / 2, () => {
          if (workers[1] !== undefined) workers[1].slowness = 40;
        });
      },
    });
    const usual = 2 * ROUND_MS;
    // Another begins that round when it has done its own, within the second in which progress is told.
    expect(Math.max(...stepsMs.slice(4))).toBeLessThan(usual + ROUND_MS + 1_500);
    expect(median(stepsMs.slice(7, -1))).toBeLessThan(
      bestStaticSplit(
        8,
        [1, 1, 1].map(() => ROUND_MS),
      ) + 1_500,
    );
  });

  it('takes the round of a worker that says nothing any more after five seconds, however long rounds are', async () => {
    const { stepsMs } = await run(roundsAt(20, 20, 20, 20), {
      spec: ROUNDS,
      onStep: ({ world, workers, stepsMs: done }) => {
        if (done.length === 4) world.after(30_000, () => workers[1]?.freeze(10_000_000));
      },
    });
    const round = 20 * ROUND_MS;
    // The three others do their two rounds each and then its two, the first of which was lost after five seconds.
    expect(Math.max(...stepsMs.slice(4))).toBeLessThan(3 * round + 2_000);
  });
});

describe('scheduling for unequal machines', () => {
  it('comes within 10 % of the best static split when one of four workers is ten times slower', async () => {
    const leafMs = [LEAF_MS, LEAF_MS, LEAF_MS, 10 * LEAF_MS];
    const { stepsMs } = await run(leafMs);
    const best = bestStaticSplit(SPEC.batch, leafMs);
    expect(median(stepsMs.slice(2)) / best).toBeLessThan(1.1);
  });

  it('comes within 5 % of the best static split when all are equal', async () => {
    const leafMs = [LEAF_MS, LEAF_MS, LEAF_MS, LEAF_MS];
    const { stepsMs } = await run(leafMs);
    expect(median(stepsMs.slice(2)) / bestStaticSplit(SPEC.batch, leafMs)).toBeLessThan(1.05);
  });

  it('ends a step within 1.5 times the usual time plus the detection timeout when one of four freezes', async () => {
    const usual = median((await run([LEAF_MS, LEAF_MS, LEAF_MS, LEAF_MS])).stepsMs.slice(2));
    const { stepsMs } = await run([LEAF_MS, LEAF_MS, LEAF_MS, LEAF_MS], {
      onStep: ({ workers, stepsMs: done }) => {
        if (done.length === 4) workers[1]?.freeze(1_000_000);
      },
    });
    // A lease counts as late after twice its expected time, but never before half a second.
    const detection = Math.max(500, 2 * usual);
    expect(Math.max(...stepsMs.slice(4))).toBeLessThan(1.5 * usual + detection);
    // Later steps no longer wait for it.
    expect(median(stepsMs.slice(6))).toBeLessThan((1.5 * (usual * 4)) / 3);
  });

  it('gives every worker work in every step, however slow', async () => {
    const { stepsMs } = await run([LEAF_MS, 12 * LEAF_MS]);
    expect(median(stepsMs.slice(2)) / bestStaticSplit(SPEC.batch, [LEAF_MS, 12 * LEAF_MS])).toBeLessThan(
      1.15,
    );
  });

  it('keeps all busy beside one that is a hundred times faster, and waits for none of them', async () => {
    const leafMs = [1, 100, 100, 100];
    const spec = { batch: 1_024, epochs: 10 };
    const { stepsMs, workers } = await run(leafMs, { spec });
    const alone = await run([1], { spec });
    const fast = median(alone.stepsMs.slice(2));
    expect(median(stepsMs.slice(4)) / fast).toBeLessThan(1.1);
    const [most = 0, ...others] = workers.map(({ samplesAnswered }) => samplesAnswered);
    // Four of a thousand samples are what each of them has time for; the first steps are still measured.
    for (const samples of others) expect(samples / most).toBeGreaterThan(0.002);
  });

  const farAway = [QUALITY, QUALITY, QUALITY, { latencyMs: 100, bytesPerMs: 2_500 }];
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;

  it('does not wait in short steps for a worker whose line is slow, however often it is tried', async () => {
    const spec = { batch: 6, epochs: 60 };
    const without = await run([LEAF_MS, LEAF_MS, LEAF_MS], { spec });
    const { stepsMs } = await run([LEAF_MS, LEAF_MS, LEAF_MS, LEAF_MS], { spec, lines: farAway });
    // What the first steps take, in which its line is not known yet, is left out.
    expect(mean(stepsMs.slice(5)) / mean(without.stepsMs.slice(5))).toBeLessThan(1.05);
  });

  it('gives the same worker its share of long steps', async () => {
    const spec = { batch: 512 };
    const without = await run([LEAF_MS, LEAF_MS, LEAF_MS], { spec });
    const { stepsMs } = await run([LEAF_MS, LEAF_MS, LEAF_MS, LEAF_MS], { spec, lines: farAway });
    // A fourth worker that loses 0.2 s of each step; 512 leaves at 20 ms are 3.4 s for three.
    expect(median(stepsMs.slice(2)) / median(without.stepsMs.slice(2))).toBeLessThan(0.85);
  });

  it('takes a slow worker in again once it has become fast', async () => {
    const spec = { batch: 6, epochs: 60 };
    const slow = [LEAF_MS, LEAF_MS, 40 * LEAF_MS];
    const { stepsMs } = await run(slow, {
      spec,
      onStep: (cluster) => {
        const late = cluster.workers[2];
        if (late !== undefined && cluster.stepsMs.length === 100) late.slowness = 1 / 40;
      },
    });
    expect(median(stepsMs.slice(20, 100))).toBeGreaterThan(3 * LEAF_MS);
    expect(median(stepsMs.slice(-100))).toBeLessThan(3 * LEAF_MS);
  });
});
