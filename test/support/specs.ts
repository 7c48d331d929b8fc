/** Run specs for tests, small and yet with every source of randomness and every kind of state. */
import { type LayerSpec, type RunSpec, resolveRunSpec } from '@shoal/core';

const INPUT = [1, 10, 10];

type Fields = { readonly [field: string]: unknown };

const bars = (name: string, layers: readonly LayerSpec[], fields: Fields): RunSpec =>
  resolveRunSpec({
    name,
    about: 'Tells where a bar lies.',
    seed: 5,
    data: { source: 'idx', validation: 60 },
    model: { input: INPUT, layers, loss: 'cross_entropy' },
    batch: 40,
    microbatch: 6,
    checkpoint: { everySteps: 5 },
    ...fields,
  });

/** A plain multi-layer perceptron. */
export const perceptron = (fields: Fields = {}): RunSpec =>
  bars(
    'perceptron',
    [{ type: 'flatten' }, { type: 'dense', units: 24 }, { type: 'relu' }, { type: 'dense', units: 4 }],
    { epochs: 5, optimizer: { type: 'adam', lr: 0.01 }, ...fields },
  );

/** A short run on the built-in digits with one hidden layer, as a page sends it. */
export const digits = (
  {
    units,
    limit,
    validation,
  }: { readonly units: number; readonly limit: number; readonly validation: number },
  fields: Fields,
) => ({
  data: { source: 'digits', limit, validation },
  model: {
    input: [1, 28, 28],
    layers: [{ type: 'flatten' }, { type: 'dense', units }, { type: 'relu' }, { type: 'dense', units: 10 }],
    loss: 'cross_entropy',
  },
  batch: 50,
  microbatch: 25,
  ...fields,
});

/** Convolution, batch norm, dropout, augmentation, and early stopping that goes back to its best epoch. */
export const everything = (fields: Fields = {}): RunSpec =>
  bars(
    'everything',
    [
      { type: 'conv2d', filters: 6, kernel: 3 },
      { type: 'batch_norm' },
      { type: 'relu' },
      { type: 'max_pool2d', size: 2 },
      { type: 'flatten' },
      { type: 'dropout', rate: 0.2 },
      { type: 'dense', units: 4 },
    ],
    {
      data: {
        source: 'idx',
        validation: 60,
        augment: { shift: 1, rotate: 8, scale: 0.1, elastic: { alpha: 1, sigma: 2 } },
      },
      epochs: 40,
      optimizer: { type: 'adam', lr: 0.03 },
      schedule: { type: 'cosine', warmup: 3 },
      clip: { norm: 2 },
      regularization: { l2: 0.0001 },
      earlyStopping: { metric: 'validationLoss', patience: 3 },
      ...fields,
    },
  );

/** All of that in rounds of three replicas, each of which takes little less than an epoch. */
export const rounds = (fields: Fields = {}): RunSpec =>
  everything({
    name: 'rounds',
    batch: 10,
    epochs: 12,
    optimizer: { type: 'momentum', lr: 0.03 },
    steps: { type: 'localSteps', replicas: 4, localSteps: 5, outer: { type: 'nesterov' } },
    ...fields,
  });

/** A residual block with layer norm, a learned slope and a momentum that looks ahead. */
export const residual = (fields: Fields = {}): RunSpec =>
  bars(
    'residual',
    [
      { type: 'conv2d', filters: 4, kernel: 3, padding: 1, stride: 2 },
      { type: 'residual', layers: [{ type: 'conv2d', filters: 4, kernel: 3, padding: 1 }, { type: 'gelu' }] },
      { type: 'avg_pool2d', size: 2 },
      { type: 'flatten' },
      { type: 'layer_norm' },
      { type: 'dense', units: 8 },
      { type: 'prelu' },
      { type: 'dense', units: 4 },
    ],
    { epochs: 4, optimizer: { type: 'nesterov', lr: 0.05 }, ...fields },
  );
