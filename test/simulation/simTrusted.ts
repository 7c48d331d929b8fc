/** The trusted worker of a simulated coordinator: right at once, but only after a time, one thing after the other. */
import type { PreparedRun, TrustedPort, VerifyEffect } from '@shoal/coordinator/simulation';
import type { Answer } from '@shoal/core';
import { computeSums } from './computing.ts';
import type { Workbench } from './workbench.ts';
import type { World } from './world.ts';

/** Virtual milliseconds for one microbatch. */
const LEAF_MS = 30;

export class SimTrusted implements TrustedPort {
  readonly #world: World;
  readonly #bench: Workbench;
  readonly #leases: PreparedRun['leases'];
  #freeAt = 0;
  #life = 0;
  /** Microbatches computed, all in all. */
  leaves = 0;

  constructor(world: World, bench: Workbench, leases: PreparedRun['leases']) {
    this.#world = world;
    this.#bench = bench;
    this.#leases = leases;
  }

  compute(
    effect: VerifyEffect,
    { parameters, scales }: Parameters<TrustedPort['compute']>[1],
    done: (nodes: readonly Answer<Float32Array>[]) => void,
  ): void {
    const life = this.#life;
    const { task, step, from, to, leaves } = effect;
    const work = { task, step, from, to, leaves, scales, ...this.#leases.work(effect) };
    const answers = computeSums(this.#bench, work, parameters().slice());
    this.leaves += to - from;
    this.#freeAt = Math.max(this.#freeAt, this.#world.now) + LEAF_MS * (to - from);
    this.#world.after(this.#freeAt - this.#world.now, () => {
      if (life === this.#life) done(answers);
    });
  }

  abandon(): void {
    this.#life += 1;
  }
}
