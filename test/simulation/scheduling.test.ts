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

/** Runs to the end; `onStep` may make trouble. */
async function run(
  leafMs: readonly number[],
  onStep: (cluster: Cluster) => void = () => {},
): Promise<Cluster> {
  const { bench, probe } = await openSimulator(SPEC);
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
      new SimWorker({ world, bench, coordinator, name: `w${i}`, threads: 1, leafMs: ms, quality: QUALITY }),
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
    const { stepsMs } = await run([LEAF_MS, LEAF_MS, LEAF_MS, LEAF_MS], ({ workers, stepsMs: done }) => {
      if (done.length === 4) workers[1]?.freeze(1_000_000);
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
});
