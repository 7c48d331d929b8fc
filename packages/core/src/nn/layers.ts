/** The layers a model is written in: plain JSON, with the names that the field uses. */

/** Extent of one sample, without the batch axis: `[features]`, or `[channels, height, width]` for images. */
export type Shape = readonly number[];

export type Pair = number | readonly [number, number];

/** How the weights of a dense or convolution layer start; biases start at zero. */
export type InitializerSpec =
  | { readonly type: 'zeros' }
  /** Uniform in [-limit, limit). */
  | { readonly type: 'uniform'; readonly limit: number }
  /** Uniform in ±√(6 / (fanIn + fanOut)): Glorot & Bengio 2010, for sigmoid and tanh. */
  | { readonly type: 'glorot' }
  /** Uniform in ±√(6 / fanIn): He et al. 2015, for rectifiers. */
  | { readonly type: 'he' };

export type DenseSpec = {
  readonly type: 'dense';
  readonly units: number;
  readonly bias?: boolean;
  readonly initializer?: InitializerSpec;
  /** Given instead of drawn: `weights[unit][input]` and `biases[unit]`. */
  readonly weights?: readonly (readonly number[])[];
  readonly biases?: readonly number[];
};

export type Conv2dSpec = {
  readonly type: 'conv2d';
  readonly filters: number;
  readonly kernel: Pair;
  readonly stride?: Pair;
  /** Zeros added on each side; (top and bottom, left and right) when a pair. */
  readonly padding?: Pair;
  readonly bias?: boolean;
  readonly initializer?: InitializerSpec;
};

type PoolFields = {
  readonly size: Pair;
  /** As large as `size` when left out; a rest that fills no window is dropped. */
  readonly stride?: Pair;
};

export type PoolSpec =
  | ({ readonly type: 'max_pool2d' } & PoolFields)
  | ({ readonly type: 'avg_pool2d' } & PoolFields);

export type LayerSpec =
  | DenseSpec
  | Conv2dSpec
  | PoolSpec
  | { readonly type: 'global_avg_pool2d' }
  | { readonly type: 'flatten' }
  /** `rate` is the probability that a neuron is left out; kept ones are scaled by 1/(1−rate) in training. */
  | { readonly type: 'dropout'; readonly rate: number }
  | { readonly type: 'batch_norm'; readonly momentum?: number; readonly epsilon?: number }
  | { readonly type: 'layer_norm'; readonly epsilon?: number }
  /** y = shortcut(x) + layers(x); an empty or absent shortcut is the identity. */
  | {
      readonly type: 'residual';
      readonly layers: readonly LayerSpec[];
      readonly shortcut?: readonly LayerSpec[];
    }
  | { readonly type: 'step' }
  | { readonly type: 'sigmoid' }
  | { readonly type: 'tanh' }
  | { readonly type: 'relu' }
  | { readonly type: 'gelu' }
  | { readonly type: 'softmax' }
  | { readonly type: 'leaky_relu'; readonly slope?: number }
  /** One learned slope for the layer (He et al. 2015); `slope` is where it starts. */
  | { readonly type: 'prelu'; readonly slope?: number };

export type LayerType = LayerSpec['type'];

/** What a layer's fields are when they are left out, as in PyTorch. A pool's stride is its size. */
export const LAYER_DEFAULTS = {
  dense: { bias: true },
  conv2d: { stride: 1, padding: 0, bias: true },
  batch_norm: { momentum: 0.1, epsilon: 1e-5 },
  layer_norm: { epsilon: 1e-5 },
  leaky_relu: { slope: 0.01 },
  prelu: { slope: 0.25 },
} as const;

/**
 * What the last layer's output is held against.
 * With one output the label itself (0 or 1) is the target; with more, the one-hot vector of the label.
 * - `cross_entropy`: on logits; −log softmax(z)[label], with one output the logistic loss.
 * - `mse`: mean over the sample's outputs of (output − target)².
 * - `squared_error`: for regression: (output − target)², where the target is a number and not a class; one output.
 * - `perceptron`: Rosenblatt's criterion on z. One output: max(0, −y·z), y = ±1, z ≥ 0 reads as 1.
 *   More: max(z) − z[label]. A sample that is read wrongly pushes by −y (+1 at the first maximum, −1 at the
 *   label) even where its loss is 0, at z = 0 or a tie: a neuron that starts at zero must learn.
 */
export const LOSS_NAMES = ['cross_entropy', 'mse', 'perceptron', 'squared_error'] as const;
export type LossName = (typeof LOSS_NAMES)[number];

export type ModelSpec = {
  readonly input: Shape;
  readonly layers: readonly LayerSpec[];
  readonly loss: LossName;
};
