/**
 * Threefry-4x32-20, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3"
 * (SC'11). A word is addressed, not drawn: key = [seed, purpose, layer, time], counter = [sample, block, 0, 0],
 * and word `lane` of that block is number 4·block + lane of the stream. Nobody carries generator state.
 */

/** What a random number is for: the second word of the key, so that no two uses share a stream. */
export const Purpose = {
  initialize: 1,
  shuffle: 2,
  dropout: 3,
  augment: 4,
  split: 5,
  digits: 6,
  elastic: 7,
  /** Rounding of a leaf's vector on its way up, and of what parameters change by on their way down. */
  up: 8,
  down: 9,
} as const;

export type Key = readonly [seed: number, purpose: number, layer: number, time: number];

const PARITY = 0x1bd11bda;

/**
 * The four words of one block, written to `out[0..3]` as unsigned 32-bit integers.
 * All inputs are taken modulo 2³².
 *
 * Four rounds stand written out for each of the two halves of the table of rotations: with numbers of bits that are known
 * beforehand a rotation is one instruction, and images that are bent take hundreds of blocks each.
 */
export function threefry(key: Key, c0: number, c1: number, c2: number, c3: number, out: Uint32Array): void {
  let k0 = key[0] | 0;
  let k1 = key[1] | 0;
  let k2 = key[2] | 0;
  let k3 = key[3] | 0;
  let k4 = PARITY ^ k0 ^ k1 ^ k2 ^ k3;
  let x0 = (c0 + k0) | 0;
  let x1 = (c1 + k1) | 0;
  let x2 = (c2 + k2) | 0;
  let x3 = (c3 + k3) | 0;
  for (let injection = 1; injection <= 5; injection += 1) {
    if ((injection & 1) === 1) {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 10) | (x1 >>> 22)) ^ x0;
      x2 = (x2 + x3) | 0;
      x3 = ((x3 << 26) | (x3 >>> 6)) ^ x2;
      x0 = (x0 + x3) | 0;
      x3 = ((x3 << 11) | (x3 >>> 21)) ^ x0;
      x2 = (x2 + x1) | 0;
      x1 = ((x1 << 21) | (x1 >>> 11)) ^ x2;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
      x2 = (x2 + x3) | 0;
      x3 = ((x3 << 27) | (x3 >>> 5)) ^ x2;
      x0 = (x0 + x3) | 0;
      x3 = ((x3 << 23) | (x3 >>> 9)) ^ x0;
      x2 = (x2 + x1) | 0;
      x1 = ((x1 << 5) | (x1 >>> 27)) ^ x2;
    } else {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
      x2 = (x2 + x3) | 0;
      x3 = ((x3 << 20) | (x3 >>> 12)) ^ x2;
      x0 = (x0 + x3) | 0;
      x3 = ((x3 << 17) | (x3 >>> 15)) ^ x0;
      x2 = (x2 + x1) | 0;
      x1 = ((x1 << 11) | (x1 >>> 21)) ^ x2;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 25) | (x1 >>> 7)) ^ x0;
      x2 = (x2 + x3) | 0;
      x3 = ((x3 << 10) | (x3 >>> 22)) ^ x2;
      x0 = (x0 + x3) | 0;
      x3 = ((x3 << 18) | (x3 >>> 14)) ^ x0;
      x2 = (x2 + x1) | 0;
      x1 = ((x1 << 20) | (x1 >>> 12)) ^ x2;
    }
    // The words of the key take turns.
    const first = k0;
    k0 = k1;
    k1 = k2;
    k2 = k3;
    k3 = k4;
    k4 = first;
    x0 = (x0 + k0) | 0;
    x1 = (x1 + k1) | 0;
    x2 = (x2 + k2) | 0;
    x3 = (x3 + k3 + injection) | 0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}

/** Reads the words of one sample's stream by index; keeps the latest block, so reading in order is cheap. */
export class RandomStream {
  readonly #key: Key;
  readonly #sample: number;
  readonly #block = new Uint32Array(4);
  #loaded = -1;

  constructor(key: Key, sample: number) {
    this.#key = key;
    this.#sample = sample;
  }

  /** Word `index` as an unsigned 32-bit integer. */
  word(index: number): number {
    const block = Math.floor(index / 4);
    if (block !== this.#loaded) {
      threefry(this.#key, this.#sample, block, 0, 0, this.#block);
      this.#loaded = block;
    }
    return this.#block[index & 3] as number;
  }

  /** Word `index` as a float64 in [0, 1): word / 2³². */
  uniform(index: number): number {
    return this.word(index) / 4294967296;
  }

  /** Word `index` as an integer in [0, bound): ⌊word · bound / 2³²⌋, exact for bounds below 2²¹. */
  integer(index: number, bound: number): number {
    return Math.floor((this.word(index) * bound) / 4294967296);
  }
}
