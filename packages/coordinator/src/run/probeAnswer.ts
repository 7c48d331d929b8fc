/**
 * The right answer to the probe lease, computed here once: a worker that gives other bits (or, in fast numerics,
 * one outside the tolerance) takes no part.
 */
import { bytesOf, type Numerics, type Partial } from '@shoal/core';

/** Largest difference accepted in fast numerics, relative to the gradient's largest value. */
const FAST_TOLERANCE = 1e-3;

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
      return partial.loss === this.#loss && expected.every((byte, i) => byte === gradient[i]);
    }
    const view = new DataView(gradient.buffer, gradient.byteOffset, gradient.byteLength);
    const largest = this.#gradient.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    return this.#gradient.every(
      (value, i) => Math.abs(view.getFloat32(4 * i, true) - value) <= FAST_TOLERANCE * largest,
    );
  }
}
