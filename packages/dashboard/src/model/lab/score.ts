/**
 * What a model's answer hangs on before its last layers squash it: a logit in place of a probability, the weighted sum in
 * place of a step of it. Between two grid points it changes evenly, where the answer jumps or has flattened out, so the
 * boundary lies where it is zero, however sure the model is beside it.
 */
import { compileModel, type Layer, type Model } from '@shoal/core';

export type Score = {
  /** The model without the layers that only squash; its parameters are those of the whole. */
  readonly model: Model;
  /** How far its outputs, from place `at` on, are on the side of 1; below zero the answer is another. */
  of(outputs: ArrayLike<number>, at: number): number;
};

export function scoreOf(whole: Model): Score {
  const outputs = whole.outputs;
  let kept = whole.layers.length;
  let threshold = whole.loss === 'mse' ? 0.5 : 0;
  for (; kept > 1; kept -= 1) {
    const layer = whole.layers[kept - 1];
    if (outputs > 1) {
      if (!keepsOrder(layer)) break;
    } else {
      const before = thresholdBefore(layer, threshold);
      if (before === null) break;
      threshold = before;
    }
  }
  const model =
    kept === whole.layers.length
      ? whole
      : compileModel({ ...whole.spec, layers: whole.spec.layers.slice(0, kept) });
  const of =
    outputs === 1
      ? (values: ArrayLike<number>, at: number) => values[at] - threshold
      : (values: ArrayLike<number>, at: number) => values[at + 1] - largestBut(1, values, at, outputs);
  return { model, of };
}

/** Below which input a layer with one output stays below `threshold`; null where no one place divides the two. */
function thresholdBefore(layer: Layer, threshold: number): number | null {
  switch (layer.type) {
    case 'dropout':
      return threshold;
    case 'step':
      return threshold > 0 && threshold <= 1 ? 0 : null;
    case 'sigmoid':
      return threshold > 0 && threshold < 1 ? Math.log(threshold / (1 - threshold)) : null;
    case 'tanh':
      return Math.abs(threshold) < 1 ? Math.atanh(threshold) : null;
    case 'relu':
      return threshold > 0 ? threshold : null;
    case 'leaky_relu':
      if (layer.slope <= 0) return null;
      return threshold > 0 ? threshold : threshold / layer.slope;
    default:
      return null;
  }
}

/** Whether the largest of a layer's inputs is the largest of its outputs, and no two of them are made equal. */
function keepsOrder(layer: Layer): boolean {
  switch (layer.type) {
    case 'dropout':
    case 'sigmoid':
    case 'tanh':
    case 'softmax':
      return true;
    case 'leaky_relu':
      return layer.slope > 0;
    default:
      return false;
  }
}

function largestBut(one: number, values: ArrayLike<number>, at: number, count: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k += 1) if (k !== one && values[at + k] > largest) largest = values[at + k];
  return largest;
}
