/**
 * The samples of one lease as they come together, block by block. They are copied out of each block as it comes, so that
 * no block has to stay for the sake of the others.
 */
import { newTensor, type Samples, type SetName, valuesOf } from '@shoal/core';
import type { BlockCache } from './blockCache.ts';

export class Gathering {
  readonly set: SetName;
  /** In the order of their numbers; what has not come yet is 0. */
  readonly samples: Samples;
  readonly #cache: BlockCache;
  readonly #numbers: Uint32Array;
  /** By block, in the order in which they are needed: the places of its samples in `numbers`. */
  readonly #missing = new Map<number, number[]>();

  /** Takes at once what the cache has. The numbers lie within the set. */
  constructor(cache: BlockCache, set: SetName, numbers: Uint32Array) {
    this.set = set;
    this.#cache = cache;
    this.#numbers = numbers;
    const { inputs, targets } = cache.manifests[set];
    const count = numbers.length;
    this.samples = { count, inputs: newTensor(inputs, count), targets: newTensor(targets, count) };
    numbers.forEach((number, place) => {
      const index = cache.blockOf(set, number);
      const places = this.#missing.get(index);
      if (places === undefined) this.#missing.set(index, [place]);
      else places.push(place);
    });
    for (const index of this.missing) {
      const block = cache.get({ set, index });
      if (block !== null) this.take(index, block);
    }
  }

  get isComplete(): boolean {
    return this.#missing.size === 0;
  }

  /** Blocks that have not come, in the order in which they are needed. */
  get missing(): readonly number[] {
    return [...this.#missing.keys()];
  }

  /** A block has come; one that is not needed is passed over. */
  take(index: number, block: Samples): void {
    const { inputs, targets } = this.samples;
    const { from } = this.#cache.info({ set: this.set, index });
    for (const place of this.#missing.get(index) ?? []) {
      const row = (this.#numbers[place] as number) - from;
      valuesOf(inputs, place).set(valuesOf(block.inputs, row));
      valuesOf(targets, place).set(valuesOf(block.targets, row));
    }
    this.#missing.delete(index);
  }
}
