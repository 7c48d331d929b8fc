/**
 * The right answer to the probe lease, computed here once: a worker that gives other bits (or, in fast numerics,
 * one outside the tolerance) takes no part.
 */
import { bytesOf, type Numerics, type Partial } from '@shoal/core';

/**
 * What fast numerics may differ by: the gradient in Euclidean length, relative to the right one, and the loss. Single
 * elements may differ by more, where rounding decides a near-tie of a rectifier or a pooling window the other way.
 */
const FAST_TOLERANCE = { gradient: 0.02, loss: 1e-3 };

export class ProbeAnswer {
  readonly #gradient: Float32Array;
  readonly #loss: number;
  readonly #finite: boolean;
  readonly #numerics: Numerics;

  constructor(options: {
    readonly gradient: Float32Array;
    readonly loss: number;
    readonly finite: boolean;
    readonly numerics: Numerics;
  }) {
    this.#gradient = options.gradient;
    this.#loss = options.loss;
    this.#finite = options.finite;
    this.#numerics = options.numerics;
  }

  isRight(partial: Partial): boolean {
    if (partial.level !== 0 || partial.index !== 0 || partial.finite !== this.#finite) return false;
    if (!this.#finite) return true;
    const { gradient } = partial;
    const expected = bytesOf(this.#gradient);
    if (gradient === null || gradient.length !== expected.length) return false;
    if (this.#numerics === 'exact') {
      return partial.loss === this.#loss && Buffer.compare(expected, gradient) === 0;
    }
    const view = new DataView(gradient.buffer, gradient.byteOffset, gradient.byteLength);
    let difference = 0;
    let length = 0;
    for (let i = 0; i < this.#gradient.length; i += 1) {
      const right = this.#gradient[i] ?? 0;
      const error = view.getFloat32(4 * i, true) - right;
      difference += error * error;
      length += right * right;
    }
    return (
      Math.abs(partial.loss - this.#loss) <= FAST_TOLERANCE.loss * Math.abs(this.#loss) &&
      Math.sqrt(difference) <= FAST_TOLERANCE.gradient * Math.sqrt(length)
    );
  }
}
