/** Would the simulation notice? Each bug here is planted into the real parts, and some seed must catch it. */
import type { PreparedRun } from '@shoal/coordinator/simulation';
import { decodeCheckpoint, encodeCheckpoint, KERNEL_BUILD, specSha256 } from '@shoal/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Disk } from './disk.ts';
import { openSimulator, type Simulator, simulate } from './simulate.ts';
import type { Workbench } from './workbench.ts';
import type { World } from './world.ts';

const SEEDS = 60;

/** A copy of the simulator whose coordinators are changed on the way out of `prepare`. */
function planted(simulator: Simulator, plant: (run: PreparedRun) => void): Simulator {
  const prepare = (): PreparedRun => {
    const run = simulator.bench.prepare();
    plant(run);
    return run;
  };
  return { ...simulator, bench: { ...simulator.bench, prepare } };
}

/** What the first seed that notices says; null when none does. */
async function caught(simulator: Simulator, newDisk?: (world: World) => Disk): Promise<string | null> {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { problem } = await simulate(simulator, seed, false, newDisk);
    if (problem !== null) return problem;
  }
  return null;
}

/** Sums partials as they arrived instead of along the tree. */
function sumInArrivalOrder({ arena, updater }: PreparedRun): void {
  const { allocate, add } = { allocate: arena.allocate.bind(arena), add: arena.add.bind(arena) };
  const apply = updater.apply.bind(updater);
  const arrivals = new Map<number, number>();
  const parts = new Map<number, Float32Array>();
  let count = 0;
  arena.allocate = () => {
    const id = allocate();
    arrivals.set(id, count++);
    return id;
  };
  arena.add = (into, from) => {
    for (const id of [into, from]) {
      const arrival = arrivals.get(id)!;
      if (!parts.has(arrival)) parts.set(arrival, arena.view(id).slice());
    }
    add(into, from);
  };
  updater.apply = (sum, ...rest) => {
    const inOrder = [...parts].sort(([a], [b]) => a - b).map(([, values]) => values);
    const [first, ...others] = inOrder;
    if (first !== undefined) {
      for (const other of others) for (let i = 0; i < first.length; i += 1) first[i]! += other[i]!;
      arena.view(sum).set(first);
    }
    parts.clear();
    return apply(sum, ...rest);
  };
}

/** Merges one partial in forty a second time. */
function mergeTwice({ arena }: PreparedRun): void {
  const add = arena.add.bind(arena);
  let merges = 0;
  arena.add = (into, from) => {
    merges += 1;
    add(into, from);
    if (merges % 40 === 0) add(into, from);
  };
}

/** Its checkpoints come back without the data position: the epoch begins again. */
class ForgetfulDisk extends Disk {
  readonly #bench: Workbench;

  constructor(world: World, bench: Workbench) {
    super(world);
    this.#bench = bench;
  }

  override read(file: string): Uint8Array | null {
    const bytes = super.read(file);
    if (bytes === null) return null;
    const { model, spec } = this.#bench;
    const owner = { model, specSha256: specSha256(spec), kernels: KERNEL_BUILD };
    const state = decodeCheckpoint(bytes, owner);
    return encodeCheckpoint({ ...owner, ...state, progress: { ...state.progress, step: 0 } });
  }
}

describe('the simulation catches', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await openSimulator();
  });

  it('nothing when nothing is planted', async () => {
    expect(await caught(simulator)).toBeNull();
  });

  it('a partial that is merged twice', async () => {
    expect(await caught(planted(simulator, mergeTwice))).toMatch(/parameters are|ended as|epochs/);
  });

  it('a sum in the order of arrival', async () => {
    expect(await caught(planted(simulator, sumInArrivalOrder))).toMatch(/parameters are|ended as|epochs/);
  });

  it('a checkpoint without the data position', async () => {
    const newDisk = (world: World): Disk => new ForgetfulDisk(world, simulator.bench);
    expect(await caught(simulator, newDisk)).toMatch(/samples count/);
  });
});
