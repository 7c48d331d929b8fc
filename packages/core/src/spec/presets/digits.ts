/** Recognising handwritten digits: four models, two losses, what depth does, learning rates and optimizers. */
import type { ModelSpec } from '../../nn/layers.ts';
import { resolveRunSpec } from '../resolve.ts';
import type { RunSpec } from '../runSpec.ts';
import {
  bestCnn,
  deepMlp,
  referenceCnn,
  referenceMlp,
  smallMlp,
  softmaxRegression,
  squareErrorMlp,
} from './models.ts';

const MNIST = { source: 'mnist' };

const recognition: readonly RunSpec[] = [
  resolveRunSpec({
    name: 'mnist-softmax',
    about: 'Ten neurons and a softmax read about 92 of 100 digits: how far one layer goes.',
    data: MNIST,
    model: softmaxRegression,
    epochs: 8,
    optimizer: { type: 'sgd', lr: 0.3 },
  }),
  resolveRunSpec({
    name: 'mnist-mlp',
    about: 'Two hidden layers of 512 neurons read more than 98 of 100 digits.',
    data: MNIST,
    model: referenceMlp,
    batch: 256,
    microbatch: 64,
    epochs: 12,
    optimizer: { type: 'adam', lr: 0.001 },
    schedule: { type: 'cosine', floor: 0.01 },
    earlyStopping: { metric: 'validationAccuracy', patience: 4 },
  }),
  resolveRunSpec({
    name: 'mnist-cnn',
    about:
      'Convolutions look for the same strokes everywhere: more than 99 of 100 digits with a twentieth of the parameters, trained on digits that are shifted, turned and scaled a little.',
    data: { ...MNIST, augment: { shift: 2, rotate: 10, scale: 0.1 } },
    model: referenceCnn,
    batch: 256,
    microbatch: 32,
    epochs: 12,
    optimizer: { type: 'adam', lr: 0.002 },
    schedule: { type: 'cosine', floor: 0.01 },
    earlyStopping: { metric: 'validationAccuracy', patience: 5 },
  }),
  resolveRunSpec({
    name: 'mnist-best',
    about:
      'All that helps at once: six convolutions with batch norm, dropout and weight decay, images bent anew in every epoch, and momentum at a rate that falls to nothing.',
    data: {
      ...MNIST,
      validation: 2000,
      augment: { shift: 2, rotate: 10, scale: 0.1, elastic: { alpha: 20, sigma: 4 } },
    },
    model: bestCnn,
    batch: 128,
    microbatch: 32,
    epochs: 48,
    optimizer: { type: 'nesterov', lr: 0.1, weightDecay: 0.0005 },
    schedule: { type: 'cosine', floor: 0.001, warmup: 100 },
  }),
];

/** One task, one model, one batch size, three epochs: only what is named differs. */
const compared = (name: string, about: string, fields: { readonly [field: string]: unknown }): RunSpec =>
  resolveRunSpec({ name, about, data: MNIST, model: smallMlp, batch: 128, epochs: 3, ...fields });

const losses: readonly RunSpec[] = [
  compared(
    'mnist-square-error',
    'Square error on softmax outputs in place of the cross-entropy of mnist-sgd, all else equal: its gradient is small where the output is confidently wrong, so it learns more slowly.',
    { model: squareErrorMlp, optimizer: { type: 'sgd', lr: 0.1 } },
  ),
];

const deep = (name: string, about: string, model: ModelSpec): RunSpec =>
  compared(name, about, { model, optimizer: { type: 'sgd', lr: 0.05 } });

const depth: readonly RunSpec[] = [
  deep(
    'mnist-deep-sigmoid',
    'Eight hidden layers of sigmoids learn nothing: the gradient shrinks from layer to layer on its way back and vanishes before the first.',
    deepMlp({ type: 'sigmoid' }),
  ),
  deep(
    'mnist-deep-relu',
    'The same eight layers with rectifiers learn: where a neuron is active its gradient passes undiminished.',
    deepMlp({ type: 'relu' }),
  ),
  deep(
    'mnist-prelu',
    'The same eight layers with rectifiers whose slope below zero is learned, so that no neuron can fall silent for good.',
    deepMlp({ type: 'prelu' }),
  ),
];

const rates: readonly RunSpec[] = [
  compared(
    'mnist-lr-too-small',
    'A learning rate a thousand times too small: the loss still falls at the end, and would for a very long time.',
    { optimizer: { type: 'sgd', lr: 0.0001 } },
  ),
  compared(
    'mnist-lr-too-large',
    'A learning rate a hundred times too large: every step overshoots, and the loss ends no better than guessing.',
    { optimizer: { type: 'sgd', lr: 10 } },
  ),
  compared(
    'mnist-inverse-sqrt',
    'A learning rate that falls as 1/√(t+1): large steps at first, small ones near the minimum.',
    { optimizer: { type: 'sgd', lr: 2 }, schedule: { type: 'inverse_sqrt', unit: 'step' } },
  ),
];

const optimizers: readonly RunSpec[] = [
  compared(
    'mnist-sgd',
    'Stochastic gradient descent as it is: every step goes down the gradient of one batch.',
    {
      optimizer: { type: 'sgd', lr: 0.1 },
    },
  ),
  compared(
    'mnist-momentum',
    'Momentum keeps nine tenths of the last movement and rolls through flat stretches.',
    {
      optimizer: { type: 'momentum', lr: 0.1, momentum: 0.9 },
    },
  ),
  compared(
    'mnist-adagrad',
    'Adagrad divides each weight’s rate by the root of all its squared gradients so far: it slows down for ever.',
    { optimizer: { type: 'adagrad', lr: 0.01 } },
  ),
  compared('mnist-rmsprop', 'RMSprop forgets old squared gradients, so that its rate does not die out.', {
    optimizer: { type: 'rmsprop', lr: 0.001 },
  }),
  compared('mnist-adam', 'Adam is RMSprop with momentum, both corrected for their start at zero.', {
    optimizer: { type: 'adam', lr: 0.001 },
  }),
];

export const digitPresets: readonly RunSpec[] = [
  ...recognition,
  ...losses,
  ...depth,
  ...rates,
  ...optimizers,
];
