/** Grants as messages, with the values of their samples for a worker that has no data yet, where that is the cheaper way. */
import {
  bytesOf,
  type DataSplits,
  encodeSamples,
  type LeaseMessage,
  piecesOf,
  probePieces,
  type Samples,
  StreamOrder,
  sampleBytes,
  selectSamples,
  typeOf,
} from '@shoal/core';
import type { GrantEffect, VerifyEffect } from '../../transition/model/effects.ts';
import type { RunFacts } from '../../transition/model/facts.ts';
import { placesOfLeaves, shapeOf } from '../../transition/task/workload.ts';
import type { DataBlocks } from './dataBlocks.ts';

export class LeaseMessages {
  readonly #facts: RunFacts;
  readonly #data: DataSplits;
  readonly #blocks: Pick<DataBlocks, 'bytesFor'>;
  readonly #order: StreamOrder;
  readonly #term: number;

  /** `term` is that of the coordinator, which each lease names. */
  constructor(facts: RunFacts, data: DataSplits, blocks: Pick<DataBlocks, 'bytesFor'>, term: number) {
    this.#facts = facts;
    this.#data = data;
    this.#blocks = blocks;
    this.#term = term;
    this.#order = new StreamOrder(facts.spec, facts.counts.train);
  }

  /** @param scales what all leaves of the step are rounded by, where there is such */
  grant(effect: GrantEffect, scales: Float32Array | null = null): LeaseMessage {
    const { set, from, to } = effect;
    return {
      type: 'lease',
      lease: effect.lease,
      term: this.#term,
      task: effect.task,
      set,
      version: effect.version,
      step: effect.step,
      from,
      to,
      leaves: effect.leaves,
      scales: scales === null ? null : bytesOf(scales),
      values: this.#valuesOf(effect),
      expectedMs: effect.expectedMs,
      ...(effect.undivided && { undivided: true as const }),
    };
  }

  #valuesOf(effect: GrantEffect): Uint8Array | null {
    const { set, values: need } = effect;
    if (need === 'none') return null;
    const numbers = this.#numbersOf(effect);
    const { inputs, targets } = this.#data[set];
    const bytes = numbers.length * sampleBytes({ inputs: typeOf(inputs), targets: typeOf(targets) });
    if (need === 'cheaper' && bytes > this.#blocks.bytesFor(set, numbers)) return null;
    return valuesOfSamples(this.#data[set], numbers);
  }

  /** What the trusted worker computes: the samples of a range, as arrays of their own. */
  work(effect: VerifyEffect): { readonly numbers: Uint32Array; readonly samples: Samples } {
    const numbers = this.#numbersOf(effect).slice();
    return { numbers, samples: selectSamples(this.#data[effect.set], numbers) };
  }

  #numbersOf({ set, step, from, to }: GrantEffect | VerifyEffect): Uint32Array {
    const places = placesOfLeaves(this.#facts, set, step, from, to);
    const [first, last] = places;
    return set === 'train'
      ? this.#order.numbers(piecesOf(shapeOf(this.#facts), places))
      : Uint32Array.from({ length: last - first }, (_, i) => first + i);
  }

  /** Lease 0: a short leaf at the beginning of the run with the initial parameters, values included. */
  probe(): LeaseMessage {
    const { spec, counts } = this.#facts;
    // The orders at hand are kept for the next grant.
    const order = new StreamOrder(spec, counts.train);
    const numbers = order.numbers(probePieces(spec, counts.train));
    return {
      type: 'lease',
      lease: 0,
      term: this.#term,
      task: 'probe',
      set: 'train',
      version: 0,
      step: 0,
      from: 0,
      to: 1,
      leaves: 1,
      scales: null,
      values: valuesOfSamples(this.#data.train, numbers),
      expectedMs: 0,
    };
  }
}

function valuesOfSamples(samples: Samples, numbers: Uint32Array): Uint8Array {
  return encodeSamples(selectSamples(samples, numbers));
}
