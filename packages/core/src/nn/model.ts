/**
 * A model after its layers have been checked against each other: every shape, every parameter's place
 * in the flat vector. This is data only; engines turn it into arithmetic.
 *
 * The flat vector holds first all trainable tensors in layer order (weight before bias), then the running
 * values of the batch norms: indices [0, trainableLength) are trained, [trainableLength, vectorLength) are running values.
 */
import type { InitializerSpec, LossName, ModelSpec, Shape } from './layers.ts';

export type TensorRole = 'weight' | 'bias' | 'scale' | 'shift' | 'slope' | 'running_mean' | 'running_var';

export type TensorInfo = {
  /** `<layer name>.<role>`, the name in checkpoints and exports. */
  readonly name: string;
  readonly role: TensorRole;
  /** PyTorch's layouts: dense weight [units, inputs], conv2d weight [filters, channels, kernelH, kernelW]. */
  readonly shape: readonly number[];
  /** First element in the flat vector; `length` elements follow. */
  readonly offset: number;
  readonly length: number;
  readonly start: TensorStart;
};

/** How a tensor's first value comes about. */
export type TensorStart =
  | {
      readonly type: 'drawn';
      readonly initializer: InitializerSpec;
      readonly fanIn: number;
      readonly fanOut: number;
    }
  | { readonly type: 'constant'; readonly value: number }
  | { readonly type: 'given'; readonly values: readonly number[] };

type LayerBase = {
  /** Number in depth-first order, unique in the model (members of residual blocks included): part of every random address. */
  readonly id: number;
  /** `dense1`, `conv2d2`, …: type and id. */
  readonly name: string;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
};

/** A layer that its type and its shapes say all of. */
type Plain<T extends string> = LayerBase & { readonly type: T };

export type DenseLayer = LayerBase & {
  readonly type: 'dense';
  readonly inputs: number;
  readonly units: number;
  readonly weight: TensorInfo;
  readonly bias: TensorInfo | null;
};

/** Height before width in every pair. */
export type Conv2dLayer = LayerBase & {
  readonly type: 'conv2d';
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly weight: TensorInfo;
  readonly bias: TensorInfo | null;
};

type Pool<T extends string> = Plain<T> & {
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
};

export type PoolLayer = Pool<'max_pool2d'> | Pool<'avg_pool2d'>;

/** Normalises each channel of an image, or each feature of a vector, over the microbatch. */
export type BatchNormLayer = LayerBase & {
  readonly type: 'batch_norm';
  readonly features: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly scale: TensorInfo;
  readonly shift: TensorInfo;
  readonly runningMean: TensorInfo;
  readonly runningVar: TensorInfo;
};

/** Normalises over all features of one sample; scale and shift have the sample's shape. */
export type LayerNormLayer = LayerBase & {
  readonly type: 'layer_norm';
  readonly features: number;
  readonly epsilon: number;
  readonly scale: TensorInfo;
  readonly shift: TensorInfo;
};

export type ResidualLayer = LayerBase & {
  readonly type: 'residual';
  readonly layers: readonly Layer[];
  readonly shortcut: readonly Layer[];
};

export type Layer =
  | DenseLayer
  | Conv2dLayer
  | PoolLayer
  | BatchNormLayer
  | LayerNormLayer
  | ResidualLayer
  | Plain<'global_avg_pool2d'>
  | Plain<'flatten'>
  | (Plain<'dropout'> & { readonly rate: number })
  | Plain<'step'>
  | Plain<'sigmoid'>
  | Plain<'tanh'>
  | Plain<'relu'>
  | Plain<'gelu'>
  | Plain<'softmax'>
  | (Plain<'leaky_relu'> & { readonly slope: number })
  | (Plain<'prelu'> & { readonly slope: TensorInfo });

export type Model = {
  readonly spec: ModelSpec;
  readonly loss: LossName;
  readonly inputShape: Shape;
  readonly inputLength: number;
  /** Length of the last layer's output for one sample. */
  readonly outputs: number;
  readonly layers: readonly Layer[];
  /** In the order of the flat vector. */
  readonly tensors: readonly TensorInfo[];
  readonly trainableLength: number;
  readonly vectorLength: number;
};
