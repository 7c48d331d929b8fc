/** What a model's outputs say: how sure it is of each class, and which one it answers. */
import type { Model } from '@shoal/core';

export type Answer = {
  /** One for each class, adding up to 1; with one output, of 0 and of 1. */
  readonly probabilities: Float32Array;
  readonly said: number;
};

/**
 * Outputs trained by cross-entropy are logits, and their softmax (with one output, their logistic function) is a
 * probability. Square error trains outputs towards 0 and 1, so these are taken as they are. A perceptron's scores are
 * put through the same functions as logits: larger is surer, but no frequency is meant.
 */
export function answerOf(model: Model, outputs: ArrayLike<number>): Answer {
  if (model.outputs === 1) {
    const one = ofOne(model, outputs[0]);
    return { probabilities: Float32Array.of(1 - one, one), said: isOne(model, outputs[0]) ? 1 : 0 };
  }
  const values = Float32Array.from({ length: model.outputs }, (_, k) => outputs[k]);
  let said = 0;
  for (let k = 1; k < values.length; k += 1) if (values[k] > values[said]) said = k;
  return { probabilities: model.loss === 'mse' ? shares(values) : softmax(values, values[said]), said };
}

/** How much a single output speaks for class 1. */
function ofOne(model: Model, output: number): number {
  return model.loss === 'mse' ? Math.min(Math.max(output, 0), 1) : 1 / (1 + Math.exp(-output));
}

function isOne(model: Model, output: number): boolean {
  return output >= (model.loss === 'mse' ? 0.5 : 0);
}

function softmax(values: Float32Array, largest: number): Float32Array {
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

function shares(values: Float32Array): Float32Array {
  const positive = values.map((value) => Math.max(value, 0));
  const sum = positive.reduce((total, value) => total + value, 0);
  return sum > 0 ? positive.map((value) => value / sum) : positive;
}
