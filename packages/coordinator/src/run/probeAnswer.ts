/**
 * The right answer to the probe lease, computed here once: a worker that gives other bits (or, in fast numerics,
 * one outside the tolerance) takes no part.
 */
import { bytesOf, type Numerics, type Partial } from '@shoal/core';
import { isNearGradient, isNearLoss } from './nearness.ts';

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
    // Bytes off the wire may stand at any place; numbers may not. (The slice of a Buffer would be no copy.)
    const given = new Float32Array(new Uint8Array(gradient).buffer);
    return isNearLoss(partial.loss, this.#loss) && isNearGradient(given, this.#gradient);
  }
}
