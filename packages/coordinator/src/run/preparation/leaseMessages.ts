/** Grants as messages: which samples a lease names, and their values for a worker that holds no data set yet. */
import {
  bytesOf,
  type DataSplits,
  encodeSamples,
  epochOrder,
  type LeaseMessage,
  type Samples,
  samplesOfLeaf,
  selectSamples,
} from '@shoal/core';
import type { GrantEffect, VerifyEffect } from '../../transition/model/effects.ts';
import type { RunFacts } from '../../transition/model/facts.ts';
import { placesOfLeaves, shapeOf } from '../../transition/task/workload.ts';

export class LeaseMessages {
  readonly #facts: RunFacts;
  readonly #data: DataSplits;
  #order: { readonly epoch: number; readonly numbers: Uint32Array } | null = null;

  constructor(facts: RunFacts, data: DataSplits) {
    this.#facts = facts;
    this.#data = data;
  }

  grant(effect: GrantEffect): LeaseMessage {
    const { set, from, to } = effect;
    const numbers = this.#numbersOf(effect);
    return {
      type: 'lease',
      lease: effect.lease,
      task: effect.task,
      set,
      version: effect.version,
      epoch: effect.epoch,
      from,
      to,
      leaves: effect.leaves,
      samples: bytesOf(numbers),
      values: effect.withValues ? valuesOfSamples(this.#data[set], numbers) : null,
      expectedMs: effect.expectedMs,
    };
  }

  /** What the trusted worker computes: the samples of a range, as arrays of their own. */
  work(effect: VerifyEffect): { readonly numbers: Uint32Array; readonly samples: Samples } {
    const numbers = this.#numbersOf(effect);
    return { numbers, samples: selectSamples(this.#data[effect.set], numbers) };
  }

  #numbersOf({ set, epoch, step, from, to }: GrantEffect | VerifyEffect): Uint32Array {
    const [first, last] = placesOfLeaves(this.#facts, set, step, from, to);
    return set === 'train'
      ? this.#epochNumbers(epoch).slice(first, last)
      : Uint32Array.from({ length: last - first }, (_, i) => first + i);
  }

  /** Lease 0: the first leaf of the first epoch with the initial parameters, values included. */
  probe(): LeaseMessage {
    // The order at hand is kept for the next grant.
    const order = epochOrder(this.#facts.spec.seed, 0, this.#facts.counts.train);
    const numbers = order.slice(...samplesOfLeaf(shapeOf(this.#facts), 0, 0));
    return {
      type: 'lease',
      lease: 0,
      task: 'probe',
      set: 'train',
      version: 0,
      epoch: 0,
      from: 0,
      to: 1,
      leaves: 1,
      samples: bytesOf(numbers),
      values: valuesOfSamples(this.#data.train, numbers),
      expectedMs: 0,
    };
  }

  #epochNumbers(epoch: number): Uint32Array {
    if (this.#order?.epoch !== epoch) {
      const numbers = epochOrder(this.#facts.spec.seed, epoch, this.#facts.counts.train);
      this.#order = { epoch, numbers };
    }
    return this.#order.numbers;
  }
}

function valuesOfSamples(samples: Samples, numbers: Uint32Array): Uint8Array {
  return encodeSamples(selectSamples(samples, numbers));
}
