/** Reads a whole set: which class is taken for which, and which samples are the most wrong. */
import { type Executor, lossOf, type Model, type Samples, SampleWriter, valuesOf } from '@shoal/core';
import { answerOf } from './answer.ts';
import type { Pace } from './pace.ts';

export type WrongSample = {
  /** Number in the set. */
  readonly index: number;
  readonly label: number;
  readonly said: number;
  /** How sure it was of what it said, and of what is right. */
  readonly ofSaid: number;
  readonly ofRight: number;
  readonly loss: number;
  /** The sample's own values, as the set has them. */
  readonly values: Uint8Array | Float32Array;
};

export type Confusion = {
  readonly classes: number;
  /** [classes × classes] samples of class `row` that were taken for class `column`. */
  readonly counts: Uint32Array;
  readonly samples: number;
  readonly correct: number;
  /** Mean over all samples. */
  readonly loss: number;
  /** Read wrongly, the highest loss first. */
  readonly worst: readonly WrongSample[];
};

/** How many of the most wrong samples are kept. */
export const WORST_MAX = 24;

/** Counts one sample after another. */
export class ConfusionCounter {
  readonly #model: Model;
  readonly #samples: Samples;
  readonly #classes: number;
  readonly #counts: Uint32Array;
  readonly #lossOf: ReturnType<typeof lossOf>;
  readonly #slopes: Float64Array;
  #loss = 0;
  #counted = 0;
  #correct = 0;
  #worst: Omit<WrongSample, 'values'>[] = [];

  constructor(model: Model, samples: Samples) {
    this.#model = model;
    this.#samples = samples;
    this.#classes = Math.max(2, model.outputs);
    this.#counts = new Uint32Array(this.#classes * this.#classes);
    this.#lossOf = lossOf(model.loss, model.outputs);
    this.#slopes = new Float64Array(model.outputs);
  }

  /** `outputs` are the model's for sample `index`. */
  add(index: number, outputs: ArrayLike<number>): void {
    const label = this.#samples.targets.values[index];
    const { said, probabilities } = answerOf(this.#model, outputs);
    const loss = this.#lossOf(Float64Array.from(outputs), label, this.#slopes);
    this.#counts[label * this.#classes + said] += 1;
    this.#counted += 1;
    this.#loss += loss;
    if (said === label) {
      this.#correct += 1;
      return;
    }
    const least = this.#worst.at(-1);
    if (this.#worst.length >= WORST_MAX && least !== undefined && loss <= least.loss) return;
    const wrong = { index, label, said, ofSaid: probabilities[said], ofRight: probabilities[label], loss };
    this.#worst = [...this.#worst, wrong].sort((a, b) => b.loss - a.loss).slice(0, WORST_MAX);
  }

  get result(): Confusion {
    const { inputs } = this.#samples;
    return {
      classes: this.#classes,
      counts: this.#counts,
      samples: this.#counted,
      correct: this.#correct,
      loss: this.#counted > 0 ? this.#loss / this.#counted : 0,
      worst: this.#worst.map((wrong) => ({
        ...wrong,
        values: valuesOf(inputs, wrong.index).slice(),
      })),
    };
  }
}

/** Evaluates all samples with the executor's parameters. */
export async function countConfusion(executor: Executor, samples: Samples, pace: Pace): Promise<Confusion> {
  const { model, microbatch } = executor;
  const writer = new SampleWriter({ shape: model.inputShape, augment: null, seed: 0 });
  const counter = new ConfusionCounter(model, samples);
  for (let from = 0; from < samples.count; from += microbatch) {
    const count = Math.min(microbatch, samples.count - from);
    const numbers = Uint32Array.from({ length: count }, (_, i) => from + i);
    writer.write(executor, samples, numbers, numbers, null);
    executor.evaluate(count);
    for (let i = 0; i < count; i += 1) {
      counter.add(from + i, executor.outputs.subarray(i * model.outputs, (i + 1) * model.outputs));
    }
    await pace.breathe(from + count, samples.count);
  }
  return counter.result;
}
