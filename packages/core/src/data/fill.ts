/** Writes samples into an executor's inputs: bytes become numbers in [0, 1], training images may be distorted. */
import type { Executor } from '../engine/engine.ts';
import { lengthOf } from '../nn/shapes.ts';
import { Augmenter } from './augment.ts';
import type { Samples } from './dataSet.ts';
import { isIdentity } from './dataSpec.ts';
import type { AugmentSpec } from './sources.ts';
import type { TensorValues } from './tensor.ts';

/** What is filled: an executor, or arrays of the same shapes. */
export type FillTarget = Pick<Executor, 'inputs' | 'targets' | 'samples'> &
  Partial<Pick<Executor, 'pixels' | 'targetNumbers'>>;

const numbersOf = ({ targetNumbers, targets }: FillTarget): Float32Array =>
  targetNumbers ?? new Float32Array(targets.buffer, targets.byteOffset, targets.length);

/** Pixels are read as byte / 255, rounded to float32. */
const PIXELS = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/**
 * Copies `length` bytes from a place of the one to a place of the other; word by word where that can be, since a view of each
 * sample is garbage and takes longer than copying it.
 */
function copierOf(source: Uint8Array, to: Uint8Array, length: number): (from: number, at: number) => void {
  if ((source.byteOffset | to.byteOffset | length) % 4 !== 0) {
    return (from, at) => to.set(source.subarray(from, from + length), at);
  }
  const words = new Int32Array(source.buffer, source.byteOffset, source.length >> 2);
  const out = new Int32Array(to.buffer, to.byteOffset, to.length >> 2);
  return (from, at) => copyWords(words, from >> 2, out, at >> 2, length >> 2);
}

/** Four at a time takes half as long. */
function copyWords(source: Int32Array, from: number, to: Int32Array, at: number, count: number): void {
  const whole = count & ~3;
  for (let i = 0; i < whole; i += 4) {
    to[at + i] = source[from + i] as number;
    to[at + i + 1] = source[from + i + 1] as number;
    to[at + i + 2] = source[from + i + 2] as number;
    to[at + i + 3] = source[from + i + 3] as number;
  }
  for (let i = whole; i < count; i += 1) to[at + i] = source[from + i] as number;
}

/**
 * Fills executors with the samples of one run. Which samples and which pixels are told apart: `numbers` are
 * sample numbers, which address their randomness, `rows` say where in `samples` their pixels lie. They are the same
 * array where the whole data set is at hand; where a lease carries its pixels, rows are 0, 1, 2, …
 */
export class SampleWriter {
  readonly #sampleLength: number;
  readonly #augmenter: Augmenter | null;

  /** `augment` null, or one that changes nothing, leaves samples as they are. @throws RangeError, as a sentence */
  constructor(options: {
    readonly shape: readonly number[];
    readonly augment: AugmentSpec | null;
    readonly seed: number;
  }) {
    const { shape, augment, seed } = options;
    this.#sampleLength = lengthOf(shape);
    this.#augmenter =
      augment === null || isIdentity(augment) ? null : new Augmenter({ augment, seed, shape });
  }

  /**
   * Fills the first `numbers.length` places of the target. With an epoch (training) samples are augmented as the
   * spec asks, addressed by seed, epoch and sample number; with null (evaluation) they never are.
   * Allocates nothing per sample.
   * @throws RangeError, as a sentence, when a row does not exist or the target is too small
   */
  write(
    target: FillTarget,
    samples: Samples,
    rows: Uint32Array,
    numbers: Uint32Array,
    epoch: number | null,
  ): void {
    const length = this.#sampleLength;
    const { inputs, targets } = samples;
    const given = lengthOf(inputs.shape);
    if (given !== length) {
      throw new RangeError(
        `The samples have ${given} values each, but the model takes ${length}. Check the data set's shape.`,
      );
    }
    if (numbers.length !== rows.length || numbers.length > target.samples.length) {
      throw new RangeError(
        `${numbers.length} sample numbers and ${rows.length} rows were given for a microbatch of up to ${target.samples.length}.`,
      );
    }
    const augmented = epoch !== null && this.#augmenter !== null;
    const { values } = inputs;
    const pixels = augmented || !(values instanceof Uint8Array) ? null : (target.pixels ?? null);
    const copy = pixels === null ? null : copierOf(values as Uint8Array, pixels.bytes, length);
    const into = targets.values instanceof Float32Array ? numbersOf(target) : target.targets;
    for (let slot = 0; slot < rows.length; slot += 1) {
      const row = rows[slot] as number;
      if (row >= samples.count) {
        throw new RangeError(`Sample ${row} was asked for, but there are only ${samples.count} (from 0).`);
      }
      const number = numbers[slot] as number;
      into[slot] = targets.values[row] as number;
      target.samples[slot] = number;
      const [at, from] = [slot * length, row * length];
      if (copy !== null) copy(from, at);
      else this.#writeValues(target.inputs, at, values, from, number, epoch);
    }
    pixels?.toInputs(rows.length);
  }

  #writeValues(
    out: Float32Array,
    at: number,
    values: TensorValues,
    from: number,
    number: number,
    epoch: number | null,
  ): void {
    const bytes = values instanceof Uint8Array;
    if (epoch !== null && this.#augmenter !== null) {
      this.#augmenter.apply(values, from, bytes ? 255 : 1, number, epoch, out, at);
      return;
    }
    const length = this.#sampleLength;
    if (bytes) {
      for (let i = 0; i < length; i += 1) out[at + i] = PIXELS[values[from + i] as number] as number;
    } else {
      for (let i = 0; i < length; i += 1) out[at + i] = values[from + i] as number;
    }
  }
}
