/** The order of samples: a permutation that is a function of its address and of nothing else. */
import { type Key, Purpose, RandomStream } from '../random/threefry.ts';

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
 * key [seed, Purpose.shuffle, 0, epoch]. Step t of the epoch takes positions [t · batch, (t + 1) · batch).
 */
export const epochOrder = (seed: number, epoch: number, count: number): Uint32Array =>
  permutation([seed, Purpose.shuffle, 0, epoch], count);
