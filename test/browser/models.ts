/**
 * The models whose bits are compared between runtimes: those of every preset (the reference models among them), models
 * that hold each kind of layer in each way it can be laid out, and random ones. Random numbers are addressed, so every
 * runtime builds the same models without being sent any.
 */
import {
  canonicalJson,
  type LayerSpec,
  type LossName,
  type ModelSpec,
  presets,
  RandomStream,
} from '@shoal/core';

export type ComparedModel = {
  readonly name: string;
  readonly spec: ModelSpec;
  readonly microbatch: number;
  /** Inputs are uniform in [−spread, spread). */
  readonly spread: number;
  readonly inputGradient: boolean;
};

/** What these random numbers are for, beside the purposes that runs have (the second word of the key). */
export const COMPARISON = 1000;

const RANDOM_MODELS = 32;

const compared = (name: string, spec: ModelSpec, more: Partial<ComparedModel> = {}): ComparedModel => ({
  name,
  spec,
  microbatch: 7,
  spread: 1,
  inputGradient: true,
  ...more,
});

/** Each model that a preset trains, at the preset's microbatch; presets that share one are named together. */
function presetModels(): ComparedModel[] {
  const models = new Map<string, ComparedModel>();
  for (const { name, model, microbatch } of presets) {
    const key = canonicalJson({ model, microbatch });
    const known = models.get(key);
    models.set(key, {
      ...compared(name, model, { microbatch, inputGradient: false }),
      ...(known === undefined ? {} : { name: `${known.name}, ${name}` }),
    });
  }
  return [...models.values()];
}

const classify = (
  input: readonly number[],
  layers: readonly LayerSpec[],
  loss: LossName = 'cross_entropy',
): ModelSpec => ({
  input,
  layers: [...layers, { type: 'flatten' }, { type: 'dense', units: 7 }],
  loss,
});

const conv = (filters: number, more: object = {}): LayerSpec => ({
  type: 'conv2d',
  filters,
  kernel: 3,
  ...more,
});

/** Activations are held over a wide range of inputs, where their polynomials and their tails both count. */
function activationModels(): ComparedModel[] {
  const activations: LayerSpec[] = [
    { type: 'step' },
    { type: 'sigmoid' },
    { type: 'tanh' },
    { type: 'relu' },
    { type: 'leaky_relu', slope: 0.1 },
    { type: 'prelu', slope: 0.2 },
    { type: 'gelu' },
    { type: 'softmax' },
  ];
  const onVectors = activations.map((layer) =>
    compared(`${layer.type} on vectors`, classify([61], [layer]), { spread: 12, microbatch: 33 }),
  );
  const onImages = activations
    .filter(({ type }) => type !== 'softmax')
    .map((layer) =>
      compared(`${layer.type} on images`, classify([3, 5, 7], [conv(6, { padding: 1 }), layer])),
    );
  return [...onVectors, ...onImages];
}

function layerModels(): ComparedModel[] {
  const image = [3, 13, 11];
  const layers: Readonly<Record<string, readonly LayerSpec[]>> = {
    'convolution 3×3': [conv(8), conv(17)],
    'convolution 3×3, padded': [conv(9, { padding: 1 }), conv(16, { padding: 1 })],
    'convolution with strides': [conv(5, { stride: 2, padding: 1 }), conv(6, { stride: [1, 2] })],
    'convolution of odd windows': [
      conv(4, { kernel: [1, 5], padding: [0, 2] }),
      conv(6, { kernel: [4, 2], bias: false }),
    ],
    'convolution 1×1': [conv(10, { kernel: 1 }), { type: 'relu' }, conv(3, { kernel: 1, stride: 2 })],
    'convolution, relu and maximum pooling': [
      conv(8),
      { type: 'relu' },
      { type: 'max_pool2d', size: 2 },
      conv(12),
      { type: 'relu' },
      { type: 'max_pool2d', size: 2 },
    ],
    'maximum pooling of overlapping windows': [conv(5), { type: 'max_pool2d', size: 3, stride: 2 }],
    'average pooling': [conv(5), { type: 'avg_pool2d', size: 2 }],
    'average pooling of overlapping windows': [conv(5), { type: 'avg_pool2d', size: [3, 2], stride: [2, 1] }],
    'global average pooling': [conv(9), { type: 'relu' }, { type: 'global_avg_pool2d' }],
    'batch norm on images': [conv(6), { type: 'batch_norm' }, { type: 'relu' }],
    'batch norm on vectors': [{ type: 'flatten' }, { type: 'dense', units: 19 }, { type: 'batch_norm' }],
    'layer norm on images': [conv(4), { type: 'layer_norm' }, { type: 'gelu' }],
    'layer norm on vectors': [{ type: 'flatten' }, { type: 'dense', units: 23 }, { type: 'layer_norm' }],
    dropout: [conv(4), { type: 'dropout', rate: 0.25 }, { type: 'flatten' }, { type: 'dropout', rate: 0.5 }],
    residual: [
      conv(6),
      { type: 'residual', layers: [conv(6, { padding: 1 }), { type: 'batch_norm' }, { type: 'relu' }] },
      {
        type: 'residual',
        layers: [conv(10, { stride: 2, padding: 1 }), { type: 'prelu' }],
        shortcut: [conv(10, { kernel: 1, stride: 2, bias: false })],
      },
    ],
    'dense without bias': [{ type: 'flatten' }, { type: 'dense', units: 31, bias: false }, { type: 'tanh' }],
  };
  const losses: readonly LossName[] = ['cross_entropy', 'mse', 'perceptron'];
  return [
    ...Object.entries(layers).map(([name, list]) => compared(name, classify(image, list))),
    ...losses.flatMap((loss) => [
      compared(`${loss} with several outputs`, classify([9], [{ type: 'dense', units: 13 }], loss)),
      compared(`${loss} with one output`, {
        input: [9],
        layers: [{ type: 'dense', units: 13 }, { type: 'tanh' }, { type: 'dense', units: 1 }],
        loss,
      }),
    ]),
  ];
}

/** Model `index`: an image part and a vector part with extents, layers and loss from its own random stream. */
function randomModel(index: number): ComparedModel {
  const stream = new RandomStream([20_261, COMPARISON, 0, index], 0);
  let read = 0;
  const below = (bound: number): number => {
    read += 1;
    return stream.integer(read - 1, bound);
  };
  const pick = <T>(first: T, ...others: readonly T[]): T => others[below(others.length + 1)] ?? first;
  const times = (most: number, layer: () => LayerSpec): LayerSpec[] =>
    Array.from({ length: below(most + 1) }, layer);

  const anywhere = (): LayerSpec =>
    pick<LayerSpec>(
      { type: 'relu' },
      { type: 'sigmoid' },
      { type: 'tanh' },
      { type: 'gelu' },
      { type: 'prelu' },
      { type: 'leaky_relu', slope: 0.1 },
      { type: 'dropout', rate: 0.4 },
      { type: 'layer_norm', epsilon: 0.01 },
      { type: 'batch_norm', epsilon: 0.01 },
    );
  // Padding of at least one keeps every window inside images of any size.
  const onImages = (): LayerSpec =>
    pick<() => LayerSpec>(
      () => conv(1 + below(17), { padding: 1, stride: 1 + below(2), bias: below(2) === 0 }),
      () => conv(1 + below(9), { kernel: [1 + below(3), 1 + below(3)], padding: [1, 1 + below(2)] }),
      () => {
        const filters = 1 + below(6);
        const shortcut = [conv(filters, { kernel: 1 })];
        return { type: 'residual', layers: [conv(filters, { padding: 1 }), anywhere()], shortcut };
      },
      anywhere,
    )();
  const onVectors = (): LayerSpec =>
    below(2) === 0 ? anywhere() : { type: 'dense', units: 1 + below(40), bias: below(4) > 0 };

  const images = below(3) > 0;
  const input = images ? [1 + below(5), 1 + below(17), 1 + below(17)] : [1 + below(97)];
  const front = images ? [...times(4, onImages), { type: 'flatten' } as const] : [];
  const layers: LayerSpec[] = [...front, ...times(4, onVectors), { type: 'dense', units: 1 + below(12) }];
  const loss = pick<LossName>('cross_entropy', 'mse', 'perceptron');
  return compared(`random model ${index}`, { input, layers, loss }, { microbatch: 1 + below(17) });
}

/** Every model that is compared, in a fixed order; names are unique. */
export function comparedModels(): ComparedModel[] {
  return [
    ...presetModels(),
    ...layerModels(),
    ...activationModels(),
    ...Array.from({ length: RANDOM_MODELS }, (_, index) => randomModel(index)),
  ];
}
