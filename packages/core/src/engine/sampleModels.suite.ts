/** Models that the conformance suite tries: one with everything in it, and random small ones with odd extents. */
import fc from 'fast-check';
import type { LayerSpec, LossName, Shape } from '../nn/layers.ts';
import type { Case } from './comparison.suite.ts';

/** The convolutions of a small network for digits of 28×28, up to the vector that a dense layer takes. */
export const SMALL_CONVOLUTIONS: readonly LayerSpec[] = [
  { type: 'conv2d', filters: 8, kernel: 3 },
  { type: 'relu' },
  { type: 'max_pool2d', size: 2 },
  { type: 'conv2d', filters: 16, kernel: 3 },
  { type: 'relu' },
  { type: 'max_pool2d', size: 2 },
  { type: 'flatten' },
];

/** Random models tried by the property; the seed makes a failure repeat. */
export const RANDOM_MODELS = 80;
export const RANDOM_SEED = 20_240_917;

/** One model with every kind of layer that carries something from forward to backward. */
export const EVERYTHING: Case = {
  input: [2, 9, 7],
  layers: [
    { type: 'conv2d', filters: 5, kernel: 3, padding: 1 },
    { type: 'batch_norm' },
    { type: 'relu' },
    {
      type: 'residual',
      layers: [{ type: 'conv2d', filters: 6, kernel: 3, stride: 2, padding: 1 }, { type: 'prelu' }],
      shortcut: [{ type: 'conv2d', filters: 6, kernel: 1, stride: 2, bias: false }],
    },
    { type: 'max_pool2d', size: 2 },
    { type: 'dropout', rate: 0.3 },
    { type: 'flatten' },
    { type: 'layer_norm' },
    { type: 'dense', units: 11 },
    { type: 'gelu' },
    { type: 'dense', units: 4 },
  ],
  count: 5,
};

/** Whether a convolution is pooled at once decides its bits, and whether that is so goes by what is trained before it. */
export const POOLED: Case = {
  input: [2, 15, 13],
  layers: [
    ...SMALL_CONVOLUTIONS.slice(0, 3),
    { type: 'conv2d', filters: 3, kernel: 3 },
    { type: 'max_pool2d', size: 2 },
    { type: 'flatten' },
    { type: 'dense', units: 4 },
  ],
  count: 9,
};

const extent = fc.integer({ min: 1, max: 9 });

const smooth: fc.Arbitrary<LayerSpec> = fc.constantFrom<LayerSpec>(
  { type: 'sigmoid' },
  { type: 'tanh' },
  { type: 'gelu' },
  { type: 'relu' },
  { type: 'leaky_relu', slope: 0.1 },
  { type: 'prelu' },
  { type: 'dropout', rate: 0.4 },
  { type: 'layer_norm', epsilon: 0.01 },
);

const vectorLayer: fc.Arbitrary<LayerSpec> = fc.oneof(
  smooth,
  fc.record({
    type: fc.constant('dense' as const),
    units: fc.integer({ min: 1, max: 17 }),
    bias: fc.boolean(),
  }),
  fc.constant<LayerSpec>({ type: 'softmax' }),
  fc.constant<LayerSpec>({ type: 'residual', layers: [{ type: 'layer_norm', epsilon: 0.01 }] }),
);

const window = fc.integer({ min: 1, max: 3 });

/** Windows with padding that an image of any size can take. */
const imageLayer: fc.Arbitrary<LayerSpec> = fc.oneof(
  smooth,
  fc.record({
    type: fc.constant('conv2d' as const),
    filters: extent,
    kernel: fc.tuple(window, window),
    stride: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    padding: fc.tuple(fc.constant(1), fc.integer({ min: 1, max: 2 })),
    bias: fc.boolean(),
  }),
  fc.constant<LayerSpec>({ type: 'batch_norm', epsilon: 0.01 }),
  fc.constant<LayerSpec>({ type: 'avg_pool2d', size: 1 }),
  fc.constant<LayerSpec>({
    type: 'residual',
    layers: [{ type: 'conv2d', filters: 4, kernel: 3, padding: 1 }, { type: 'tanh' }],
    shortcut: [{ type: 'conv2d', filters: 4, kernel: 1 }],
  }),
);

const loss = fc.constantFrom<LossName>('cross_entropy', 'mse');

/** A vector model, or an image model that ends in a vector part. */
export const randomCase: fc.Arbitrary<Case> = fc
  .record({
    image: fc.boolean(),
    shape: fc.tuple(fc.integer({ min: 1, max: 4 }), extent, extent),
    imageLayers: fc.array(imageLayer, { maxLength: 4 }),
    vectorLayers: fc.array(vectorLayer, { maxLength: 4 }),
    outputs: fc.integer({ min: 1, max: 11 }),
    count: fc.integer({ min: 1, max: 9 }),
    spare: fc.integer({ min: 0, max: 3 }),
    seed: fc.integer({ min: 0, max: 4_294_967_295 }),
    loss,
  })
  .map(({ image, shape, imageLayers, vectorLayers, outputs, count, spare, seed, loss: name }) => {
    const input: Shape = image ? shape : [shape[0] * shape[1]];
    const front: LayerSpec[] = image ? [...imageLayers, { type: 'flatten' }] : [];
    const layers: LayerSpec[] = [...front, ...vectorLayers, { type: 'dense', units: outputs }];
    return { input, layers, loss: name, count, microbatch: count + spare, seed };
  });
