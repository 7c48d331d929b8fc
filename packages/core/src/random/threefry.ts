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
/** The key schedule of the block at hand; one array for all calls, since millions are made. */
const ks = new Int32Array(5);
const ROTATIONS_A = [10, 11, 13, 23, 6, 17, 25, 18] as const;
const ROTATIONS_B = [26, 21, 27, 5, 20, 11, 10, 20] as const;

/**
 * The four words of one block, written to `out[0..3]` as unsigned 32-bit integers.
 * All inputs are taken modulo 2³².
 */
export function threefry(key: Key, c0: number, c1: number, c2: number, c3: number, out: Uint32Array): void {
  const k0 = key[0] | 0;
  const k1 = key[1] | 0;
  const k2 = key[2] | 0;
  const k3 = key[3] | 0;
  ks[0] = k0;
  ks[1] = k1;
  ks[2] = k2;
  ks[3] = k3;
  ks[4] = PARITY ^ k0 ^ k1 ^ k2 ^ k3;
  let x0 = (c0 + k0) | 0;
  let x1 = (c1 + k1) | 0;
  let x2 = (c2 + k2) | 0;
  let x3 = (c3 + k3) | 0;
  for (let round = 0; round < 20; round += 1) {
    const a = ROTATIONS_A[round & 7] as number;
    const b = ROTATIONS_B[round & 7] as number;
    if ((round & 1) === 0) {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << a) | (x1 >>> (32 - a))) ^ x0;
      x2 = (x2 + x3) | 0;
      x3 = ((x3 << b) | (x3 >>> (32 - b))) ^ x2;
    } else {
      x0 = (x0 + x3) | 0;
      x3 = ((x3 << a) | (x3 >>> (32 - a))) ^ x0;
      x2 = (x2 + x1) | 0;
      x1 = ((x1 << b) | (x1 >>> (32 - b))) ^ x2;
    }
    if ((round & 3) === 3) {
      const s = (round + 1) >> 2;
      x0 = (x0 + (ks[s % 5] as number)) | 0;
      x1 = (x1 + (ks[(s + 1) % 5] as number)) | 0;
      x2 = (x2 + (ks[(s + 2) % 5] as number)) | 0;
      x3 = (x3 + (ks[(s + 3) % 5] as number) + s) | 0;
    }
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
