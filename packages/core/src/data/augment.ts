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
 * sample number, give shift x, shift y, angle and scale (1 + scale · u). (dx, dy) is the field of elasticField.ts.
 */
import { cos, sin } from '../math/elementary.ts';
import { type Key, Purpose, threefry } from '../random/threefry.ts';
import { ElasticField } from './elasticField.ts';
import type { AugmentSpec } from './sources.ts';

/** Holds every buffer it needs, so that `apply` allocates nothing. */
export class Augmenter {
  readonly #augment: AugmentSpec;
  readonly #seed: number;
  readonly #channels: number;
  readonly #height: number;
  readonly #width: number;
  readonly #block = new Uint32Array(4);
  /** Kept from one sample to the next of an epoch. */
  #key: Key = [0, 0, 0, 0];
  /** Null when nothing is distorted. */
  readonly #elastic: ElasticField | null;
  /** The parts of the inverse map that are the same in all rows: [width] each. */
  readonly #columns: { readonly cosines: Float64Array; readonly sines: Float64Array };
  readonly #ink = { left: 0, right: 0, top: 0, bottom: 0 };

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
    this.#elastic =
      augment.elastic.alpha === 0 ? null : new ElasticField({ ...augment.elastic, seed, height, width });
    this.#columns = { cosines: new Float64Array(width), sines: new Float64Array(width) };
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
    const { shift, rotate, scale } = this.#augment;
    const block = this.#block;
    if (this.#key[1] === 0 || this.#key[3] !== epoch) this.#key = [this.#seed, Purpose.augment, 0, epoch];
    threefry(this.#key, number, 0, 0, 0, block);
    const shiftX = shift * signed(block[0] as number);
    const shiftY = shift * signed(block[1] as number);
    const angle = (rotate * signed(block[2] as number) * Math.PI) / 180;
    const inverse = 1 / (1 + scale * signed(block[3] as number));
    const cosine = cos(angle) * inverse;
    const sine = sin(angle) * inverse;
    this.#elastic?.fill(number, epoch);
    out.fill(0, at, at + this.#channels * this.#height * this.#width);
    if (!this.#findInk(source, from)) return;
    const { cosines, sines } = this.#columns;
    const centreX = (this.#width - 1) / 2;
    for (let x = 0; x < this.#width; x += 1) {
      const u = x - centreX - shiftX;
      cosines[x] = cosine * u;
      sines[x] = sine * u;
    }
    this.#sample(source, from, divisor, sine, cosine, shiftY, out, at);
  }

  /** The box of all pixels that are not zero, in any channel. @returns false when there are none */
  #findInk(source: Uint8Array | Float32Array, from: number): boolean {
    const ink = this.#ink;
    const width = this.#width;
    const rows = this.#channels * this.#height;
    ink.left = width;
    ink.right = -1;
    ink.top = this.#height;
    ink.bottom = -1;
    for (let row = 0; row < rows; row += 1) {
      const start = from + row * width;
      let left = 0;
      while (left < width && source[start + left] === 0) left += 1;
      if (left === width) continue;
      let right = width - 1;
      while (source[start + right] === 0) right -= 1;
      const y = row % this.#height;
      if (left < ink.left) ink.left = left;
      if (right > ink.right) ink.right = right;
      if (y < ink.top) ink.top = y;
      if (y > ink.bottom) ink.bottom = y;
    }
    return ink.right >= 0;
  }

  /** Whatever lands so far from the ink that all four pixels around it are zero stays zero and is passed over. */
  #sample(
    source: Uint8Array | Float32Array,
    from: number,
    divisor: number,
    sine: number,
    cosine: number,
    shiftY: number,
    out: Float32Array,
    at: number,
  ): void {
    const { cosines, sines } = this.#columns;
    const height = this.#height;
    const width = this.#width;
    const area = height * width;
    const centreX = (width - 1) / 2;
    const centreY = (height - 1) / 2;
    const field = this.#elastic?.values ?? null;
    const { left: inkLeft, right: inkRight, top: inkTop, bottom: inkBottom } = this.#ink;
    // With a margin of a pixel around the ink, what is near it lies inside the image.
    const inside = inkLeft > 0 && inkTop > 0 && inkRight < width - 1 && inkBottom < height - 1;
    const [minX, endX, minY, endY] = [inkLeft - 1, inkRight + 1, inkTop - 1, inkBottom + 1];
    for (let y = 0; y < height; y += 1) {
      const w = y - centreY - shiftY;
      const sineW = sine * w;
      const cosineW = cosine * w;
      for (let x = 0; x < width; x += 1) {
        const pixel = y * width + x;
        let qx = (cosines[x] as number) + sineW + centreX;
        let qy = cosineW - (sines[x] as number) + centreY;
        if (field !== null) {
          qx += field[pixel] as number;
          qy += field[area + pixel] as number;
        }
        if (!(qx >= minX && qx < endX && qy >= minY && qy < endY)) continue;
        // Math.floor in integers, which are indices at once.
        let left = qx | 0;
        if (left > qx) left -= 1;
        let top = qy | 0;
        if (top > qy) top -= 1;
        const fx = qx - left;
        const fy = qy - top;
        const hasLeft = inside || left >= 0;
        const hasRight = inside || left < width - 1;
        const hasTop = inside || top >= 0;
        const hasBottom = inside || top < height - 1;
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
}

/** A word as a float64 in [−1, 1). */
const signed = (word: number): number => (2 * word) / 4294967296 - 1;
