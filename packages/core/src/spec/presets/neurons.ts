/** The neuron and the perceptron on truth tables, and the one hidden layer that XOR needs. */

import type { TableName } from '../../data/sources.ts';
import { resolveRunSpec } from '../resolve.ts';
import type { RunSpec } from '../runSpec.ts';

/** Rosenblatt's rule: one sample at a time, weights from zero, the input added or subtracted on an error. */
const perceptron = (table: TableName, about: string): RunSpec =>
  resolveRunSpec({
    name: `perceptron-${table}`,
    about,
    data: { source: 'table', table },
    model: {
      input: table === 'not' ? [1] : [2],
      layers: [{ type: 'dense', units: 1, initializer: { type: 'zeros' } }],
      loss: 'perceptron',
    },
    batch: 1,
    epochs: 100,
    optimizer: { type: 'sgd', lr: 1 },
    earlyStopping: { metric: 'trainErrors', patience: 25, target: 0 },
  });

export const neuronPresets: readonly RunSpec[] = [
  resolveRunSpec({
    name: 'neuron',
    about:
      'A McCulloch-Pitts neuron with given weights computes AND: it fires when the weighted sum of its inputs reaches the threshold, and nothing is learned.',
    data: { source: 'table', table: 'and' },
    model: {
      input: [2],
      layers: [{ type: 'dense', units: 1, weights: [[1, 1]], biases: [-1.5] }, { type: 'step' }],
      loss: 'mse',
    },
    batch: 4,
    epochs: 0,
    optimizer: { type: 'sgd', lr: 1 },
  }),
  perceptron('and', 'The perceptron learns AND from its four examples and ends when it makes no error.'),
  perceptron('or', 'The same perceptron learns OR: only the examples have changed.'),
  perceptron('not', 'With a single input it learns NOT: the weight becomes negative.'),
  perceptron(
    'xor',
    'XOR cannot be learned by one perceptron, because no straight line separates its two classes: the errors never end.',
  ),
  resolveRunSpec({
    name: 'mlp-xor',
    about: 'One hidden layer of eight neurons learns the XOR that a single perceptron cannot.',
    seed: 1,
    data: { source: 'table', table: 'xor' },
    model: {
      input: [2],
      layers: [{ type: 'dense', units: 8 }, { type: 'tanh' }, { type: 'dense', units: 1 }],
      loss: 'cross_entropy',
    },
    batch: 4,
    epochs: 300,
    optimizer: { type: 'adam', lr: 0.05 },
    earlyStopping: { metric: 'trainLoss', patience: 100, target: 0.02 },
  }),
];
