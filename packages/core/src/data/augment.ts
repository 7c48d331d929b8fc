/**
 * Random shifts, turns, scalings and elastic distortions of one image at a time, after Simard, Steinkraus and
 * Platt, "Best practices for convolutional neural networks applied to visual document analysis" (ICDAR 2003).
 *
 * Each output pixel p = (x, y) takes its value from where the inverse map lands in the source image:
 *   q = R(−θ) · (p − centre − shift) / scale + centre + (dx[p], dy[p])
 * by bilinear interpolation in float64, zero outside the image; every channel moves alike. Positive angles turn
 * from the x axis towards the y axis (clockwise on the screen, as y counts downwards).
 *
 * Randomness, with u = 2 · word / 2³² − 1: words 0 … 3 of key [seed, Purpose.augment, 0, epoch], counter sample =
 * sample number, give shift x, shift y, angle and scale (1 + scale · u). The elastic field comes from word
 * w = y · width + x of key [seed, Purpose.elastic, 0, epoch] for each pixel: (w mod 2¹⁶) / 2¹⁵ − 1 for dx and
 * ⌊w / 2¹⁶⌋ / 2¹⁵ − 1 for dy, each convolved along x and then along y with a Gaussian of standard deviation sigma
 * (cut at ⌈3 · sigma⌉, weights of sum 1, zero outside the image) and multiplied by alpha. The paper's best
 * values, alpha 34 and sigma 4, move pixels by about 1.4 along each axis.
 */
import { cos, exp, sin } from '../math/elementary.ts';
import { type Key, Purpose, threefry } from '../random/threefry.ts';
import type { AugmentSpec } from '../spec/runSpec.ts';

/** True when the spec changes nothing. */
export const isIdentity = (augment: AugmentSpec): boolean =>
  augment.shift === 0 && augment.rotate === 0 && augment.scale === 0 && augment.elastic.alpha === 0;

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

/** Holds every buffer it needs, so that `apply` allocates nothing. */
export class Augmenter {
  readonly #augment: AugmentSpec;
  readonly #seed: number;
  readonly #channels: number;
  readonly #height: number;
  readonly #width: number;
  readonly #block = new Uint32Array(4);
  /** Kept from one sample to the next of an epoch. */
  #augmentKey: Key = [0, 0, 0, 0];
  #elasticKey: Key = [0, 0, 0, 0];
  readonly #weights: Float64Array;
  /** dx, then dy: [2 × height × width]. */
  readonly #field: Float64Array;
  readonly #scratch: Float64Array;

  /** @throws RangeError, as a sentence, when the samples are not images or the spec makes no sense */
  constructor(options: {
    readonly augment: AugmentSpec;
    readonly seed: number;
    readonly shape: readonly number[];
  }) {
    const { augment, seed, shape } = options;
    if (shape.length !== 3) {
      throw new RangeError(
        `data.augment moves pixels, but the samples have shape [${shape.join(', ')}] instead of [channels, height, width]. ` +
          'Set every field of data.augment to 0.',
      );
    }
    if (!(augment.scale >= 0 && augment.scale < 1)) {
      throw new RangeError(`data.augment.scale must be at least 0 and below 1, but is ${augment.scale}.`);
    }
    if (augment.elastic.alpha !== 0 && !(augment.elastic.sigma > 0 && augment.elastic.sigma <= 64)) {
      throw new RangeError(
        `data.augment.elastic.sigma must be above 0 and at most 64 pixels, but is ${augment.elastic.sigma}.`,
      );
    }
    const [channels, height, width] = shape as readonly [number, number, number];
    this.#augment = augment;
    this.#seed = seed;
    this.#channels = channels;
    this.#height = height;
    this.#width = width;
    const elastic = augment.elastic.alpha !== 0;
    this.#weights = elastic ? gaussianWeights(augment.elastic.sigma) : new Float64Array(0);
    this.#field = new Float64Array(elastic ? 2 * height * width : 0);
    this.#scratch = new Float64Array(elastic ? height * width : 0);
  }

  /**
   * Writes the distorted image of sample `number` in `epoch` to out[at …]: source[from …] is
   * [channels × height × width]; every value is divided by `divisor` (255 turns bytes into [0, 1]) and rounded
   * to float32 once.
   */
  apply(
    source: Uint8Array | Float32Array,
    from: number,
    divisor: number,
    number: number,
    epoch: number,
    out: Float32Array,
    at: number,
  ): void {
    const { shift, rotate, scale, elastic } = this.#augment;
    const block = this.#block;
    if (this.#augmentKey[1] === 0 || this.#augmentKey[3] !== epoch) {
      this.#augmentKey = [this.#seed, Purpose.augment, 0, epoch];
      this.#elasticKey = [this.#seed, Purpose.elastic, 0, epoch];
    }
    threefry(this.#augmentKey, number, 0, 0, 0, block);
    const shiftX = shift * signed(block[0] as number);
    const shiftY = shift * signed(block[1] as number);
    const angle = (rotate * signed(block[2] as number) * Math.PI) / 180;
    const inverse = 1 / (1 + scale * signed(block[3] as number));
    const cosine = cos(angle) * inverse;
    const sine = sin(angle) * inverse;
    const distorted = elastic.alpha !== 0;
    if (distorted) this.#displace(number, elastic.alpha);
    const height = this.#height;
    const width = this.#width;
    const area = height * width;
    const centreX = (width - 1) / 2;
    const centreY = (height - 1) / 2;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const u = x - centreX - shiftX;
        const w = y - centreY - shiftY;
        let qx = cosine * u + sine * w + centreX;
        let qy = cosine * w - sine * u + centreY;
        const pixel = y * width + x;
        if (distorted) {
          qx += this.#field[pixel] as number;
          qy += this.#field[area + pixel] as number;
        }
        const left = Math.floor(qx);
        const top = Math.floor(qy);
        const fx = qx - left;
        const fy = qy - top;
        const hasLeft = left >= 0 && left < width;
        const hasRight = left >= -1 && left < width - 1;
        const hasTop = top >= 0 && top < height;
        const hasBottom = top >= -1 && top < height - 1;
        for (let channel = 0; channel < this.#channels; channel += 1) {
          const corner = from + channel * area + top * width + left;
          const topLeft = hasTop && hasLeft ? (source[corner] as number) : 0;
          const topRight = hasTop && hasRight ? (source[corner + 1] as number) : 0;
          const bottomLeft = hasBottom && hasLeft ? (source[corner + width] as number) : 0;
          const bottomRight = hasBottom && hasRight ? (source[corner + width + 1] as number) : 0;
          const upper = topLeft + fx * (topRight - topLeft);
          const lower = bottomLeft + fx * (bottomRight - bottomLeft);
          out[at + channel * area + pixel] = (upper + fy * (lower - upper)) / divisor;
        }
      }
    }
  }

  /** Fills the field with smoothed random displacements, in pixels. */
  #displace(number: number, alpha: number): void {
    const height = this.#height;
    const width = this.#width;
    const area = height * width;
    const field = this.#field;
    for (let pixel = 0; pixel < area; pixel += 1) {
      if ((pixel & 3) === 0) threefry(this.#elasticKey, number, pixel >> 2, 0, 0, this.#block);
      const word = this.#block[pixel & 3] as number;
      field[pixel] = (word & 0xffff) / 32768 - 1;
      field[area + pixel] = (word >>> 16) / 32768 - 1;
    }
    for (let axis = 0; axis < 2; axis += 1) {
      this.#smooth(field, axis * area, this.#scratch, 0, height, width, 1, width, 1);
      this.#smooth(this.#scratch, 0, field, axis * area, width, height, width, 1, alpha);
    }
  }

  /** One-dimensional convolution of `lines` lines of `length` elements; `stride` apart within a line. */
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
    for (let line = 0; line < lines; line += 1) {
      const start = from + line * lineStride;
      for (let i = 0; i < length; i += 1) {
        const first = Math.max(0, i - radius);
        const last = Math.min(length - 1, i + radius);
        let sum = 0;
        let place = start + first * stride;
        for (let weight = first - i + radius; weight <= last - i + radius; weight += 1) {
          sum += (weights[weight] as number) * (source[place] as number);
          place += stride;
        }
        out[at + line * lineStride + i * stride] = sum * factor;
      }
    }
  }
}

/** A word as a float64 in [−1, 1). */
const signed = (word: number): number => (2 * word) / 4294967296 - 1;
