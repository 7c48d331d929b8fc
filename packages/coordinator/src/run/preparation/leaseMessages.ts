/** Grants as messages: which samples a lease names, and their values for a worker that holds no data set yet. */
import {
  bytesOf,
  type DataSplits,
  encodeSamples,
  type LeaseMessage,
  piecesOf,
  probePieces,
  type Samples,
  StreamOrder,
  selectSamples,
} from '@shoal/core';
import type { GrantEffect, VerifyEffect } from '../../transition/model/effects.ts';
import type { RunFacts } from '../../transition/model/facts.ts';
import { placesOfLeaves, shapeOf } from '../../transition/task/workload.ts';

export class LeaseMessages {
  readonly #facts: RunFacts;
  readonly #data: DataSplits;
  readonly #order: StreamOrder;

  constructor(facts: RunFacts, data: DataSplits) {
    this.#facts = facts;
    this.#data = data;
    this.#order = new StreamOrder(facts.spec, facts.counts.train);
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
      step: effect.step,
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

  #numbersOf({ set, step, from, to }: GrantEffect | VerifyEffect): Uint32Array {
    const places = placesOfLeaves(this.#facts, set, step, from, to);
    const [first, last] = places;
    return set === 'train'
      ? this.#order.numbers(piecesOf(shapeOf(this.#facts), places)).slice()
      : Uint32Array.from({ length: last - first }, (_, i) => first + i);
  }

  /** Lease 0: a short leaf at the beginning of the run with the initial parameters, values included. */
  probe(): LeaseMessage {
    const { spec, counts } = this.#facts;
    // The orders at hand are kept for the next grant.
    const order = new StreamOrder(spec, counts.train);
    const numbers = order.numbers(probePieces(spec, counts.train)).slice();
    return {
      type: 'lease',
      lease: 0,
      task: 'probe',
      set: 'train',
      version: 0,
      step: 0,
      from: 0,
      to: 1,
      leaves: 1,
      samples: bytesOf(numbers),
      values: valuesOfSamples(this.#data.train, numbers),
      expectedMs: 0,
    };
  }
}

function valuesOfSamples(samples: Samples, numbers: Uint32Array): Uint8Array {
  return encodeSamples(selectSamples(samples, numbers));
}
