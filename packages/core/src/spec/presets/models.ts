/** The models that the presets share, so that what differs between two presets is what they are to show. */
import type { LayerSpec, ModelSpec } from '../../nn/layers.ts';

const IMAGE = [1, 28, 28];

/** One hidden layer after another, each followed by the same activation, then one logit for each digit. */
const stack = (units: readonly number[], activation: LayerSpec): LayerSpec[] => [
  { type: 'flatten' },
  ...units.flatMap((width): LayerSpec[] => [{ type: 'dense', units: width }, activation]),
  { type: 'dense', units: 10 },
];

/** Ten neurons that look at all pixels: 7,850 parameters. */
export const softmaxRegression: ModelSpec = {
  input: IMAGE,
  layers: stack([], { type: 'relu' }),
  loss: 'cross_entropy',
};

/** The reference multi-layer perceptron, 784–512–512–10: 669,706 parameters. */
export const referenceMlp: ModelSpec = {
  input: IMAGE,
  layers: stack([512, 512], { type: 'relu' }),
  loss: 'cross_entropy',
};

/** The reference convolutional network: 34,826 parameters. */
export const referenceCnn: ModelSpec = {
  input: IMAGE,
  layers: [
    { type: 'conv2d', filters: 32, kernel: 3 },
    { type: 'relu' },
    { type: 'max_pool2d', size: 2 },
    { type: 'conv2d', filters: 64, kernel: 3 },
    { type: 'relu' },
    { type: 'max_pool2d', size: 2 },
    { type: 'flatten' },
    { type: 'dense', units: 10 },
  ],
  loss: 'cross_entropy',
};

/** A convolution without a bias, which the batch norm behind it would take away again. */
const normed = (filters: number, padding: number): LayerSpec[] => [
  { type: 'conv2d', filters, kernel: 3, padding, bias: false },
  { type: 'batch_norm' },
  { type: 'relu' },
];

/**
 * Six 3×3 convolutions, each with batch norm: 298,626 parameters, and between four and five times the arithmetic of the
 * reference network. Few filters where the images are large, which is where the time goes.
 */
export const bestCnn: ModelSpec = {
  input: IMAGE,
  layers: [
    ...normed(24, 0),
    ...normed(24, 0),
    { type: 'max_pool2d', size: 2 },
    ...normed(64, 0),
    ...normed(64, 0),
    { type: 'max_pool2d', size: 2 },
    { type: 'dropout', rate: 0.1 },
    ...normed(128, 1),
    ...normed(128, 1),
    { type: 'flatten' },
    { type: 'dropout', rate: 0.3 },
    { type: 'dense', units: 10 },
  ],
  loss: 'cross_entropy',
};

/** Two convolutions with batch norm around which the input is passed by. */
const residual = (filters: number): LayerSpec => ({
  type: 'residual',
  layers: [
    ...normed(filters, 1),
    { type: 'conv2d', filters, kernel: 3, padding: 1, bias: false },
    { type: 'batch_norm' },
  ],
});

/** For photographs of 32 × 32 in colour: a small residual network (He et al. 2015). */
export const photoNet: ModelSpec = {
  input: [3, 32, 32],
  layers: [
    ...normed(32, 1),
    residual(32),
    { type: 'relu' },
    { type: 'max_pool2d', size: 2 },
    ...normed(64, 1),
    residual(64),
    { type: 'relu' },
    { type: 'max_pool2d', size: 2 },
    ...normed(128, 1),
    { type: 'global_avg_pool2d' },
    { type: 'dense', units: 10 },
  ],
  loss: 'cross_entropy',
};

/** What the comparisons of learning rates, optimizers and losses train: 784–128–10, 101,770 parameters. */
export const smallMlp: ModelSpec = {
  input: IMAGE,
  layers: stack([128], { type: 'relu' }),
  loss: 'cross_entropy',
};

/** Ends in a softmax of its own, because square error looks at outputs and not at logits. */
export const squareErrorMlp: ModelSpec = {
  input: IMAGE,
  layers: [...smallMlp.layers, { type: 'softmax' }],
  loss: 'mse',
};

/** Eight hidden layers of 64 neurons. */
export const deepMlp = (activation: LayerSpec): ModelSpec => ({
  input: IMAGE,
  layers: stack(
    Array.from({ length: 8 }, () => 64),
    activation,
  ),
  loss: 'cross_entropy',
});

/** Wide enough to learn a thousand samples by heart: 784–512–512–10 again, with dropout where `rate` says so. */
export const memorizer = (rate: number): ModelSpec => ({
  input: IMAGE,
  layers:
    rate === 0
      ? referenceMlp.layers
      : referenceMlp.layers.flatMap((layer): LayerSpec[] =>
          layer.type === 'relu' ? [layer, { type: 'dropout', rate }] : [layer],
        ),
  loss: 'cross_entropy',
});
