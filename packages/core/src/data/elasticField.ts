/**
 * The field of an elastic distortion: one random displacement for each pixel, smoothed and scaled.
 *
 * Word w = y · width + x of key [seed, Purpose.elastic, 0, epoch], counter sample = sample number, gives both parts of pixel
 * (x, y): (w mod 2¹⁶) / 2¹⁵ − 1 for dx and ⌊w / 2¹⁶⌋ / 2¹⁵ − 1 for dy. Each is convolved along x and then along y with a
 * Gaussian of standard deviation sigma (cut at ⌈3 · sigma⌉, weights of sum 1, zero outside the image) and multiplied by
 * alpha. The values of Simard, Steinkraus and Platt, alpha 34 and sigma 4, move pixels by about 1.4 along each axis.
 */
import { exp } from '../math/elementary.ts';
import { type Key, Purpose, threefry } from '../random/threefry.ts';

/** exp(−t² / 2σ²) for t = −radius … radius, divided by their sum. */
const gaussianWeights = (sigma: number): Float64Array => {
  const radius = Math.ceil(3 * sigma);
  const weights = new Float64Array(2 * radius + 1);
  let sum = 0;
  for (let i = 0; i < weights.length; i += 1) {
    const t = i - radius;
    weights[i] = exp(-(t * t) / (2 * sigma * sigma));
    sum += weights[i] as number;
  }
  for (let i = 0; i < weights.length; i += 1) weights[i] = (weights[i] as number) / sum;
  return weights;
};

/** Holds every buffer it needs, so that `fill` allocates nothing but a key for each epoch. */
export class ElasticField {
  /** dx, then dy, in pixels: [2 × height × width]. */
  readonly values: Float64Array;
  readonly #seed: number;
  readonly #alpha: number;
  readonly #height: number;
  readonly #width: number;
  readonly #weights: Float64Array;
  readonly #scratch: Float64Array;
  readonly #block = new Uint32Array(4);
  #key: Key = [0, 0, 0, 0];

  constructor(options: {
    readonly seed: number;
    readonly alpha: number;
    readonly sigma: number;
    readonly height: number;
    readonly width: number;
  }) {
    const { seed, alpha, sigma, height, width } = options;
    this.#seed = seed;
    this.#alpha = alpha;
    this.#height = height;
    this.#width = width;
    this.#weights = gaussianWeights(sigma);
    this.#scratch = new Float64Array(height * width);
    this.values = new Float64Array(2 * height * width);
  }

  /** Makes `values` those of sample `number` in `epoch`. */
  fill(number: number, epoch: number): void {
    const height = this.#height;
    const width = this.#width;
    const area = height * width;
    const field = this.values;
    if (this.#key[1] === 0 || this.#key[3] !== epoch) {
      this.#key = [this.#seed, Purpose.elastic, 0, epoch];
    }
    for (let pixel = 0; pixel < area; pixel += 1) {
      if ((pixel & 3) === 0) threefry(this.#key, number, pixel >> 2, 0, 0, this.#block);
      const word = this.#block[pixel & 3] as number;
      field[pixel] = (word & 0xffff) / 32768 - 1;
      field[area + pixel] = (word >>> 16) / 32768 - 1;
    }
    for (let axis = 0; axis < 2; axis += 1) {
      this.#smooth(field, axis * area, this.#scratch, 0, height, width, 1, width, 1);
      this.#smooth(this.#scratch, 0, field, axis * area, width, height, width, 1, this.#alpha);
    }
  }

  /**
   * One-dimensional convolution of `lines` lines of `length` elements; `stride` apart within a line. Four lines go side by
   * side, since each sum waits for its last addition; the order of the additions within a sum is that of the weights.
   */
  #smooth(
    source: Float64Array,
    from: number,
    out: Float64Array,
    at: number,
    lines: number,
    length: number,
    stride: number,
    lineStride: number,
    factor: number,
  ): void {
    const weights = this.#weights;
    const radius = (weights.length - 1) / 2;
    for (let line = 0; line < lines; line += 4) {
      // Past the last line its place is taken by the last, whose sums are written more than once.
      const begin = line * lineStride;
      const second = Math.min(line + 1, lines - 1) * lineStride - begin;
      const third = Math.min(line + 2, lines - 1) * lineStride - begin;
      const fourth = Math.min(line + 3, lines - 1) * lineStride - begin;
      for (let i = 0; i < length; i += 1) {
        const first = Math.max(0, i - radius);
        const last = Math.min(length - 1, i + radius);
        let a = 0;
        let b = 0;
        let c = 0;
        let d = 0;
        let place = from + begin + first * stride;
        for (let tap = first - i + radius; tap <= last - i + radius; tap += 1) {
          const weight = weights[tap] as number;
          a += weight * (source[place] as number);
          b += weight * (source[place + second] as number);
          c += weight * (source[place + third] as number);
          d += weight * (source[place + fourth] as number);
          place += stride;
        }
        const target = at + begin + i * stride;
        out[target] = a * factor;
        out[target + second] = b * factor;
        out[target + third] = c * factor;
        out[target + fourth] = d * factor;
      }
    }
  }
}
