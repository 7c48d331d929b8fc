/** Chance for the fuzzer: everything that it does is a function of its seed. */
import { RandomStream } from '@shoal/core';

/** Purpose word of the fuzzer's own random stream, far from those of runs and of the simulation. */
const FUZZ = 1003;

export class Dice {
  readonly #stream: RandomStream;
  #drawn = 0;

  constructor(seed: number) {
    this.#stream = new RandomStream([seed, FUZZ, 0, 0], 0);
  }

  /** Uniform in [0, 1). */
  chance(): number {
    this.#drawn += 1;
    return this.#stream.uniform(this.#drawn - 1);
  }

  /** 0 to `bound` − 1. */
  below(bound: number): number {
    return Math.floor(this.chance() * bound);
  }

  /** Mostly small, at times as large as `most`. */
  skewed(most: number): number {
    return Math.floor((most + 1) ** this.chance()) - 1;
  }

  pick<T>(things: readonly T[]): T {
    return things[this.below(things.length)] as T;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}
