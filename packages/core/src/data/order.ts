/**
 * The order of samples: a function of its address and of nothing else. `shuffled` visits the samples one by one as they are
 * drawn; `blocks` draws whole blocks, so that whoever computes a stretch of the order needs few of them.
 */
import { type Key, Purpose, RandomStream } from '../random/threefry.ts';
import type { EpochPiece } from '../train/position.ts';
import { orderingOf } from './dataSpec.ts';
import type { DataSpec, Ordering } from './sources.ts';

/** Consecutive samples that the order by blocks keeps together; what is sent is cut along the same borders. */
export const ORDER_BLOCK_SAMPLES = 256;
/** Blocks whose samples are mixed with each other. */
export const BLOCKS_MIXED = 4;

/** What the layer word of a key with `Purpose.shuffle` says that the permutation is of. */
const SAMPLES = 0;
const BLOCKS = 1;
const SAMPLES_OF_GROUP = 2;

/**
 * A permutation of 0 … count − 1 by Fisher and Yates. Start with order[i] = i. Then, for step i = 0, 1, …,
 * count − 2: let w be word i of the stream with this key and sample word (block ⌊i / 4⌋, lane i mod 4), let
 * j = i + ⌊w · (count − i) / 2³²⌋ with the product taken in float64 (exact while count − i ≤ 2²¹, rounded to
 * nearest beyond), and exchange order[i] and order[j].
 */
export const permutation = (key: Key, count: number, sample = 0): Uint32Array => {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) order[i] = i;
  const stream = new RandomStream(key, sample);
  for (let i = 0; i < count - 1; i += 1) {
    const j = i + stream.integer(i, count - i);
    const held = order[i] as number;
    order[i] = order[j] as number;
    order[j] = held;
  }
  return order;
};

/** The permutation with key [seed, Purpose.shuffle, 0, epoch]. */
export const shuffledOrder = (seed: number, epoch: number, count: number): Uint32Array =>
  permutation([seed, Purpose.shuffle, SAMPLES, epoch], count);

/**
 * The blocks of `ORDER_BLOCK_SAMPLES` consecutive samples (the last has what remains) in the order of the permutation
 * with key [seed, Purpose.shuffle, 1, epoch]; of each `BLOCKS_MIXED` that follow each other, group g, the samples one
 * block after another, in the order of the permutation with key [seed, Purpose.shuffle, 2, epoch] and sample word g.
 */
export const orderByBlocks = (seed: number, epoch: number, count: number): Uint32Array => {
  const blocks = permutation([seed, Purpose.shuffle, BLOCKS, epoch], Math.ceil(count / ORDER_BLOCK_SAMPLES));
  const order = new Uint32Array(count);
  const group = new Uint32Array(BLOCKS_MIXED * ORDER_BLOCK_SAMPLES);
  let at = 0;
  for (let g = 0; g * BLOCKS_MIXED < blocks.length; g += 1) {
    let length = 0;
    for (const block of blocks.subarray(g * BLOCKS_MIXED, (g + 1) * BLOCKS_MIXED)) {
      const from = block * ORDER_BLOCK_SAMPLES;
      const to = Math.min(from + ORDER_BLOCK_SAMPLES, count);
      for (let sample = from; sample < to; sample += 1, length += 1) group[length] = sample;
    }
    for (const place of permutation([seed, Purpose.shuffle, SAMPLES_OF_GROUP, epoch], length, g)) {
      order[at] = group[place] as number;
      at += 1;
    }
  }
  return order;
};

const ORDERS: Readonly<Record<Ordering, typeof shuffledOrder>> = {
  shuffled: shuffledOrder,
  blocks: orderByBlocks,
};

/** What an order depends on beside the epoch and the number of samples. */
type OrderSpec = { readonly seed: number; readonly data: DataSpec };

/**
 * The order in which epoch `epoch` (from 0) visits the `count` training samples of a run: each once. Which places of it a
 * step takes stands in `train/position.ts`.
 */
export const epochOrder = ({ seed, data }: OrderSpec, epoch: number, count: number): Uint32Array =>
  ORDERS[orderingOf(data)](seed, epoch, count);

/** Orders kept: a step reaches into at most two epochs. */
const ORDERS_KEPT = 2;

/** The orders of a run's epochs one after another; the latest are kept. */
export class StreamOrder {
  readonly #spec: OrderSpec;
  readonly #count: number;
  readonly #orders = new Map<number, Uint32Array>();

  /** @param count samples of the training split */
  constructor(spec: OrderSpec, count: number) {
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
    const order = epochOrder(this.#spec, epoch, this.#count);
    this.#orders.set(epoch, order);
    for (const old of this.#orders.keys()) {
      if (this.#orders.size <= ORDERS_KEPT) break;
      this.#orders.delete(old);
    }
    return order;
  }
}
