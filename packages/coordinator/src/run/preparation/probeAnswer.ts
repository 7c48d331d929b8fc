/**
 * The right answer to the probe lease, computed here once: a worker that gives other bits (or, in fast numerics,
 * one outside the tolerance) takes no part. What is wrong with an answer is said so that whoever writes a worker can find the
 * place: the loss as it should be, and the first element of the gradient that differs.
 */
import { type BatchSums, floatsOf, type Numerics, type TensorInfo, type UnsealedPartial } from '@shoal/core';
import {
  distanceOf,
  FAST_TOLERANCE,
  isNearGradient,
  isNearLoss,
  ROUND_TOLERANCE,
  type Tolerance,
} from './nearness.ts';

export class ProbeAnswer {
  readonly #gradient: Float32Array;
  readonly #sums: BatchSums;
  readonly #count: number;
  readonly #numerics: Numerics;
  readonly #tensors: readonly TensorInfo[];
  readonly #tolerance: Tolerance;

  constructor(options: {
    readonly gradient: Float32Array;
    readonly sums: BatchSums;
    /** Samples of the probe. */
    readonly count: number;
    readonly numerics: Numerics;
    /** It is a round of local steps. */
    readonly isRound?: boolean;
    /** The parts of the flat vector, in its order. */
    readonly tensors: readonly TensorInfo[];
  }) {
    this.#gradient = options.gradient;
    this.#sums = options.sums;
    this.#count = options.count;
    this.#numerics = options.numerics;
    this.#tensors = options.tensors;
    this.#tolerance = options.isRound === true ? ROUND_TOLERANCE : FAST_TOLERANCE;
  }

  /**
   * @param partial with what its vector decodes to, as long as the model's
   * @returns what is wrong with an answer, in sentences of at most 700 characters together, or null for a right one
   */
  faultOf(partial: UnsealedPartial): string | null {
    const { level, index, count, finite, vector } = partial;
    if (level !== 0 || index !== 0) {
      return `The probe is answered with one partial, for level 0 and index 0; this one is for level ${level} and index ${index}.`;
    }
    if (count !== this.#count) return `The probe has ${this.#count} samples; the answer counts ${count}.`;
    if (finite !== this.#sums.finite) {
      return this.#sums.finite
        ? `The probe's loss and gradient are finite (the loss is ${this.#sums.loss}); the answer says that they are not.`
        : "The probe's loss or gradient is not finite; the answer says that it is.";
    }
    if (!finite) return null;
    if (vector === null) return 'The probe is answered with its gradient; there is none in the answer.';
    const given = floatsOf(vector);
    return this.#numerics === 'exact' ? this.#exactFault(partial, given) : this.#fastFault(partial, given);
  }

  #exactFault(partial: UnsealedPartial, given: Float32Array): string | null {
    const [bits, rightBits] = [bitsOf(given), bitsOf(this.#gradient)];
    let first = -1;
    let differing = 0;
    for (let i = 0; i < bits.length; i += 1) {
      if (bits[i] === rightBits[i]) continue;
      differing += 1;
      if (first < 0) first = i;
    }
    const loss = partial.loss === this.#sums.loss ? null : this.#lossFault(partial.loss);
    const { correct } = this.#sums;
    const counted =
      partial.correct === correct
        ? null
        : `Correct samples: expected ${correct}, received ${partial.correct}.`;
    if (loss === null && counted === null && first < 0) return null;
    const gradient =
      first < 0
        ? 'The gradient is right.'
        : `${differing} of ${bits.length} elements of the gradient differ; the first is ${this.#element(given, first)}.`;
    return [
      'The probe came back with other bits than this run computes.',
      loss ?? `The loss is right, ${this.#sums.loss}.`,
      ...(counted === null ? [] : [counted]),
      gradient,
    ].join(' ');
  }

  #fastFault(partial: UnsealedPartial, given: Float32Array): string | null {
    // With the first parameters nothing is of the size of rounding, and how many samples there are is the worker's word.
    const isLossNear = isNearLoss(partial.loss, this.#sums.loss, 0, this.#tolerance);
    const isNear = isNearGradient(given, this.#gradient, 0, this.#tolerance);
    if (isLossNear && isNear) return null;
    const percent = (part: number): string => `${100 * part} %`;
    return [
      'The probe came back further from what this run computes than fast numerics may be.',
      isLossNear
        ? `The loss is near enough to ${this.#sums.loss}.`
        : `${this.#lossFault(partial.loss)} It may differ by ${percent(this.#tolerance.loss)}.`,
      isNear ? 'The gradient is near enough.' : this.#farGradient(given, percent(this.#tolerance.gradient)),
    ].join(' ');
  }

  #lossFault(given: number): string {
    return `Loss: expected ${this.#sums.loss}, received ${given}.`;
  }

  #farGradient(given: Float32Array, allowed: string): string {
    const { difference, length } = distanceOf(given, this.#gradient);
    // When every element kept to this share, the whole would keep to the tolerance.
    const share = (this.#tolerance.gradient * length) / Math.sqrt(given.length);
    const first = this.#gradient.findIndex((right, i) => !(Math.abs((given[i] as number) - right) <= share));
    return (
      `The gradient differs from the expected one by ${round(difference)} in Euclidean length, of which ${allowed} of ` +
      `${round(length)} are allowed; the first element that is off by more than its share is ${this.#element(given, first)}.`
    );
  }

  /** `element 26, dense1.weight[3, 2]: expected 0.5 (3f000000), received 0.25 (3e800000)` */
  #element(given: Float32Array, index: number): string {
    const value = (values: Float32Array): string =>
      `${round(values[index] as number)} (${hexOf(bitsOf(values)[index] as number)})`;
    return `element ${index}, ${nameOf(this.#tensors, index)}: expected ${value(this.#gradient)}, received ${value(given)}`;
  }
}

/** A float32 is told from its neighbours by nine digits. */
const round = (value: number): number => Number(value.toPrecision(9));
const hexOf = (word: number): string => word.toString(16).padStart(8, '0');
const bitsOf = (values: Float32Array): Uint32Array =>
  new Uint32Array(values.buffer, values.byteOffset, values.length);

/** `dense1.weight[3, 2]` for an element of the flat vector. */
function nameOf(tensors: readonly TensorInfo[], index: number): string {
  const tensor = tensors.find(({ offset, length }) => index >= offset && index < offset + length);
  if (tensor === undefined) return 'outside of every tensor';
  let rest = index - tensor.offset;
  const place: number[] = [];
  for (const extent of [...tensor.shape].reverse()) {
    place.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return `${tensor.name}[${place.join(', ')}]`;
}
