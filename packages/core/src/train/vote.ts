/** Several models answer together: the mean of the class probabilities that their outputs stand for decides. */
import type { Samples } from '../data/dataSet.ts';
import { sigmoid } from '../engine/reference/activations.ts';
import { exp, log } from '../math/elementary.ts';
import type { LossName } from '../nn/layers.ts';
import type { Model } from '../nn/model.ts';
import type { Evaluation } from './evaluate.ts';

/**
 * Means over a split. The loss is that of the mean probability, by the loss that all models were trained with; null
 * where they were trained with different ones. It is infinite where every model rules out (by less than 10⁻³⁰⁸) what
 * is right.
 */
export type VoteEvaluation = Omit<Evaluation, 'loss'> & { readonly loss: number | null };

/** Writes the probability of each class to `into`, [classes], from `z`, the outputs of one sample. */
type Reading = (z: Float32Array, into: Float64Array) => void;

/** Classes that a model tells apart: one output decides between two. */
export const classesOf = (model: Model): number => Math.max(2, model.outputs);

/**
 * Whether the outputs stand for class probabilities. By cross-entropy they always do. Square error trains towards
 * probabilities, but only what a softmax, or the sigmoid of a single output, gives out is one. A perceptron's score says
 * on which side a sample lies and not how sure that is.
 */
export const givesProbabilities = (model: Model): boolean => readingOf(model) !== null;

/** How outputs are read as class probabilities; null where they are none. */
export function readingOf({ loss, outputs, layers }: Model): Reading | null {
  if (loss === 'cross_entropy') return outputs === 1 ? logistic : softmax;
  if (loss !== 'mse') return null;
  const last = layers.at(-1)?.type;
  if (outputs === 1) return last === 'sigmoid' || last === 'softmax' ? ofOne : null;
  return last === 'softmax' ? asTheyAre : null;
}

/** p[k] = e^(z[k] − max z) / Σⱼ e^(z[j] − max z) */
function softmax(z: Float32Array, into: Float64Array): void {
  const largest = z.reduce((max, value) => Math.max(max, value), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (let k = 0; k < z.length; k += 1) {
    const power = exp((z[k] as number) - largest);
    into[k] = power;
    sum += power;
  }
  for (let k = 0; k < z.length; k += 1) into[k] = (into[k] as number) / sum;
}

/** p[1] = σ(z), p[0] = 1 − σ(z) = σ(−z), which keeps its digits where σ(z) is near 1. */
function logistic(z: Float32Array, into: Float64Array): void {
  into[0] = sigmoid(-(z[0] as number));
  into[1] = sigmoid(z[0] as number);
}

function ofOne(z: Float32Array, into: Float64Array): void {
  into[0] = 1 - (z[0] as number);
  into[1] = z[0] as number;
}

function asTheyAre(z: Float32Array, into: Float64Array): void {
  into.set(z);
}

/** Sums in float64, model after model in the order given, so that the same vote has the same bits on every machine. */
export class Vote {
  readonly #samples: Samples;
  readonly #classes: number;
  /** [samples × classes] sums of probabilities over the models added so far. */
  readonly #sums: Float64Array;
  readonly #losses: LossName[] = [];

  /** Every model that is added has to tell `classes` classes apart. */
  constructor(options: { readonly samples: Samples; readonly classes: number }) {
    this.#samples = options.samples;
    this.#classes = options.classes;
    this.#sums = new Float64Array(options.samples.count * options.classes);
  }

  /**
   * Adds a model. What is returned takes its outputs, [count × outputs], for the samples from number `from` on, and has
   * to be given those of every sample once.
   * @throws RangeError, as a sentence, when its outputs are no probabilities or of another number of classes
   */
  add(model: Model): (from: number, count: number, outputs: Float32Array) => void {
    const reading = readingOf(model);
    const classes = this.#classes;
    if (reading === null || classesOf(model) !== classes) {
      throw new RangeError(
        `A model votes with the probabilities of ${classes} classes, which the outputs of this one are not.`,
      );
    }
    this.#losses.push(model.loss);
    const one = new Float64Array(classes);
    const sums = this.#sums;
    return (from, count, outputs) => {
      for (let i = 0; i < count; i += 1) {
        reading(outputs.subarray(i * model.outputs, (i + 1) * model.outputs), one);
        const at = (from + i) * classes;
        for (let k = 0; k < classes; k += 1) sums[at + k] = (sums[at + k] as number) + (one[k] as number);
      }
    };
  }

  /** Of classes that are equally probable the lower one is the answer. Null without samples or without models. */
  evaluation(): VoteEvaluation | null {
    const { count, targets } = this.#samples;
    const [lossName] = this.#losses;
    if (count === 0 || lossName === undefined) return null;
    const lossOf = this.#losses.every((name) => name === lossName) ? LOSSES[lossName] : null;
    let correct = 0;
    let loss = 0;
    for (let i = 0; i < count; i += 1) {
      const mean = this.#sums
        .subarray(i * this.#classes, (i + 1) * this.#classes)
        .map((sum) => sum / this.#losses.length);
      const label = targets.values[i] as number;
      if (firstMaximum(mean) === label) correct += 1;
      if (lossOf !== null) loss += lossOf(mean, label);
    }
    return { loss: lossOf === null ? null : loss / count, accuracy: correct / count, samples: count };
  }
}

/** The losses that probabilities can be held against; each equals the model's own where it votes alone. */
const LOSSES: { readonly [L in LossName]: ((p: Float64Array, label: number) => number) | null } = {
  /** −log p[label] */
  cross_entropy: (p, label) => -log(p[label] as number),
  mse: squareError,
  perceptron: null,
  squared_error: null,
};

/** Σₖ (p[k] − t[k])² / classes, t one-hot: of two classes the same as (p[1] − label)² of one output. */
function squareError(p: Float64Array, label: number): number {
  let sum = 0;
  for (let k = 0; k < p.length; k += 1) {
    const error = (p[k] as number) - (k === label ? 1 : 0);
    sum += error * error;
  }
  return sum / p.length;
}

function firstMaximum(values: Float64Array): number {
  let best = 0;
  for (let k = 1; k < values.length; k += 1) {
    if ((values[k] as number) > (values[best] as number)) best = k;
  }
  return best;
}
