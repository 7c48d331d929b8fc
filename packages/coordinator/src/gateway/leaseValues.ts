/**
 * The samples of leases for those who have no data of their own, out of the blocks that a gateway keeps: where all are here
 * and it takes fewer bytes than the blocks do, or, for who fetches none, once they are.
 */
import { encodeSamples, piecesOf, type SetName, StreamOrder, sampleBytes, shapeOfRun } from '@shoal/core';
import { Gathering } from '@shoal/worker';
import type { GrantEffect } from '../transition/model/effects.ts';
import type { RunFacts } from '../transition/model/facts.ts';
import { placesOfLeaves } from '../transition/task/workload.ts';
import type { KeptBlocks } from './keptBlocks.ts';

export class LeaseValues {
  readonly #facts: RunFacts;
  readonly #blocks: KeptBlocks;
  readonly #order: StreamOrder;

  constructor(facts: RunFacts, blocks: KeptBlocks) {
    this.#facts = facts;
    this.#blocks = blocks;
    this.#order = new StreamOrder(facts.spec, facts.counts.train);
  }

  /** Null where the worker has them or fetches the blocks; a promise where they are to be brought here first. */
  of(effect: GrantEffect): Uint8Array | null | Promise<Uint8Array> {
    const { set, values: need } = effect;
    if (need === 'none') return null;
    const numbers = this.#numbersOf(effect);
    const { cache } = this.#blocks;
    if (need === 'cheaper') {
      const blocks = cache.blocksOf(set, numbers);
      const bytes = blocks.reduce((sum, index) => sum + cache.info({ set, index }).byteLength, 0);
      if (numbers.length * sampleBytes(cache.manifests[set]) > bytes) return null;
      if (!blocks.every((index) => cache.has({ set, index }))) return null;
    }
    const gathering = new Gathering(cache, set, numbers);
    if (gathering.isComplete) return encodeSamples(gathering.samples);
    return this.#bring(set, gathering);
  }

  async #bring(set: SetName, gathering: Gathering): Promise<Uint8Array> {
    const missing = [...gathering.missing];
    await Promise.all(
      missing.map(async (index) => gathering.take(index, await this.#blocks.samples({ set, index }))),
    );
    return encodeSamples(gathering.samples);
  }

  #numbersOf({ set, step, from, to }: GrantEffect): Uint32Array {
    const { spec, counts } = this.#facts;
    const [first, last] = placesOfLeaves(this.#facts, set, step, from, to);
    if (set !== 'train') return Uint32Array.from({ length: last - first }, (_, i) => first + i);
    return this.#order.numbers(piecesOf(shapeOfRun(spec, counts.train), [first, last]));
  }
}
