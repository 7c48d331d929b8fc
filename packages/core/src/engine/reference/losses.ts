/** What the outputs of a sample are held against: loss, its gradient, and whether the answer is right. */
import { exp, log } from '../../math/elementary.ts';
import type { LossName } from '../../nn/layers.ts';
import { sigmoid } from './activations.ts';

/** Loss of one sample from its outputs z; writes ∂loss/∂z to `slopes`. */
type Loss = (z: Float64Array, label: number, slopes: Float64Array) => number;

export function lossOf(name: LossName, outputs: number): Loss {
  switch (name) {
    case 'cross_entropy':
      return outputs === 1 ? logistic : crossEntropy;
    case 'mse':
      return squareError;
    case 'squared_error':
      return squaredErrorOfNumber;
    case 'perceptron':
      return outputs === 1 ? perceptron : multiclassPerceptron;
  }
}

/** l = log Σₖ e^z[k] − z[label];  dz[k] = softmax(z)[k] − 1 where k = label. */
function crossEntropy(z: Float64Array, label: number, slopes: Float64Array): number {
  const largest = z[firstMaximum(z)];
  let sum = 0;
  for (let k = 0; k < z.length; k += 1) {
    slopes[k] = exp(z[k] - largest);
    sum += slopes[k];
  }
  for (let k = 0; k < z.length; k += 1) slopes[k] = slopes[k] / sum - (k === label ? 1 : 0);
  return largest - z[label] + log(sum);
}

/** l = log(1 + e^z) − label·z = max(z, 0) − label·z + log(1 + e^−|z|);  dz = σ(z) − label. */
function logistic(z: Float64Array, label: number, slopes: Float64Array): number {
  slopes[0] = sigmoid(z[0]) - label;
  return Math.max(z[0], 0) - label * z[0] + log(1 + exp(-Math.abs(z[0])));
}

/** l = Σₖ (z[k] − t[k])² / outputs;  dz[k] = 2(z[k] − t[k]) / outputs; t is one-hot, or the label itself. */
function squareError(z: Float64Array, label: number, slopes: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < z.length; k += 1) {
    const target = z.length === 1 ? label : k === label ? 1 : 0;
    const error = z[k] - target;
    sum += error * error;
    slopes[k] = (2 * error) / z.length;
  }
  return sum / z.length;
}

/** l = (z − t)²;  dz = 2(z − t), where t is a number and the model has one output. */
function squaredErrorOfNumber(z: Float64Array, target: number, slopes: Float64Array): number {
  const error = z[0] - target;
  slopes[0] = 2 * error;
  return error * error;
}

/**
 * l = max(0, −y·z) with y = 1 for label 1 and −1 for label 0;  dz = −y where z is read as the wrong label.
 * At z = 0, read as 1, the loss is 0 either way, but a sample of label 0 is misread there: it must still
 * push, or a neuron that starts at zero would never learn.
 */
function perceptron(z: Float64Array, label: number, slopes: Float64Array): number {
  const y = label === 1 ? 1 : -1;
  slopes[0] = z[0] >= 0 === (label === 1) ? 0 : -y;
  return Math.max(0, -y * z[0]);
}

/** l = max z − z[label];  dz = 1 at the first maximum, −1 at the label, 0 where these are one. */
function multiclassPerceptron(z: Float64Array, label: number, slopes: Float64Array): number {
  const winner = firstMaximum(z);
  slopes.fill(0);
  slopes[winner] += 1;
  slopes[label] -= 1;
  return z[winner] - z[label];
}

function firstMaximum(z: Float64Array): number {
  let best = 0;
  for (let k = 1; k < z.length; k += 1) if (z[k] > z[best]) best = k;
  return best;
}

/** The first maximum is the answer; with one output, 1 from 0 up (mse: from 0.5 up). A number is neither right nor wrong. */
export function isCorrect(name: LossName, z: Float64Array, label: number): boolean {
  if (name === 'squared_error') return false;
  if (z.length > 1) return firstMaximum(z) === label;
  return (z[0] >= (name === 'mse' ? 0.5 : 0) ? 1 : 0) === label;
}
