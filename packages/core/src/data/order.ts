/** The order of samples: a permutation that is a function of its address and of nothing else. */
import { type Key, Purpose, RandomStream } from '../random/threefry.ts';
import type { EpochPiece } from '../train/position.ts';

/**
 * A permutation of 0 … count − 1 by Fisher and Yates. Start with order[i] = i. Then, for step i = 0, 1, …,
 * count − 2: let w be word i of the stream with this key and sample 0 (block ⌊i / 4⌋, lane i mod 4), let
 * j = i + ⌊w · (count − i) / 2³²⌋ with the product taken in float64 (exact while count − i ≤ 2²¹, rounded to
 * nearest beyond), and exchange order[i] and order[j].
 */
export const permutation = (key: Key, count: number): Uint32Array => {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) order[i] = i;
  const stream = new RandomStream(key, 0);
  for (let i = 0; i < count - 1; i += 1) {
    const j = i + stream.integer(i, count - i);
    const held = order[i] as number;
    order[i] = order[j] as number;
    order[j] = held;
  }
  return order;
};

/**
 * The order in which epoch `epoch` (from 0) visits the training samples: `permutation` with
 * key [seed, Purpose.shuffle, 0, epoch]. Which places of it a step takes stands in `train/position.ts`.
 */
export const epochOrder = (seed: number, epoch: number, count: number): Uint32Array =>
  permutation([seed, Purpose.shuffle, 0, epoch], count);

/** Orders kept: a step reaches into at most two epochs. */
const ORDERS_KEPT = 2;

/** The orders of a run's epochs one after another; the latest are kept. */
export class StreamOrder {
  readonly #spec: { readonly seed: number };
  readonly #count: number;
  readonly #orders = new Map<number, Uint32Array>();

  /** @param count samples of the training split */
  constructor(spec: { readonly seed: number }, count: number) {
    this.#spec = spec;
    this.#count = count;
  }

  /** Numbers of the samples that the pieces name, one piece after another; to be read only, and of any length. */
  numbers(pieces: readonly EpochPiece[]): Uint32Array {
    const parts = pieces.map(({ epoch, from, to }) => this.#orderOf(epoch).subarray(from, to));
    const [only] = parts;
    if (only !== undefined && parts.length === 1) return only;
    const numbers = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      numbers.set(part, at);
      at += part.length;
    }
    return numbers;
  }

  #orderOf(epoch: number): Uint32Array {
    const known = this.#orders.get(epoch);
    if (known !== undefined) return known;
    const order = epochOrder(this.#spec.seed, epoch, this.#count);
    this.#orders.set(epoch, order);
    for (const old of this.#orders.keys()) {
      if (this.#orders.size <= ORDERS_KEPT) break;
      this.#orders.delete(old);
    }
    return order;
  }
}
