/**
 * What an exact executor's plan consists of: places in the kernels' memory and lists of calls. Written from docs/protocol.md
 * alone, under "What exact demands".
 */
import type { ForeignLayer, Role } from './foreignModel.ts';

/** The exported functions that an exact worker calls. */
export const KERNEL_NAMES = [
  ...(['pack8', 'packA', 'gemm', 'gemmWindows', 'place', 'add', 'copy', 'clear', 'isFinite'] as const),
  ...(['denseWeightGradient', 'convWeightGradient', 'biasGradient'] as const),
  ...(['pooledConvolution', 'pooledConvolutionBackward'] as const),
  ...(['winogradFilters', 'winogradForward', 'winogradBackward'] as const),
  ...(['maxPool', 'maxPoolBackward', 'avgPool', 'avgPoolBackward', 'dropout'] as const),
  ...(['batchNorm', 'batchNormInfer', 'batchNormBackward', 'layerNorm', 'layerNormBackward'] as const),
  ...(['relu', 'reluBackward', 'sigmoid', 'sigmoidBackward', 'tanh', 'tanhBackward'] as const),
  ...(['gelu', 'geluBackward', 'step', 'softmax', 'softmaxBackward'] as const),
  ...(['leakyRelu', 'leakyReluBackward', 'prelu', 'preluBackward'] as const),
  ...(['crossEntropy', 'squareError', 'squaredError', 'perceptron', 'correct'] as const),
] as const;
export type KernelName = (typeof KERNEL_NAMES)[number];

/** Every argument and result is a number: i32, but for f32 slopes, epsilons and scales, and the f64 of a loss. */
export type Kernels = Readonly<Record<KernelName, (...values: number[]) => number>>;

export type Batch = {
  /** Samples of the microbatch, and groups of eight of them. */
  readonly n: number;
  readonly groups: number;
  readonly seed: number;
  readonly epoch: number;
};

export type Call = (k: Kernels, batch: Batch) => void;

export type Buffers = {
  /** Groups of eight samples in a full microbatch. */
  readonly groupsMax: number;
  readonly parameters: number;
  readonly gradient: number;
  readonly inputs: number;
  readonly labels: number;
  readonly numbers: number;
  /** A place of so many bytes. */
  readonly take: (bytes: number) => number;
  /** A place for 32-bit integers that never change. */
  readonly table: (values: Uint32Array) => number;
};

export type Plan = {
  /** Whether a rectifier is taken in by the product or pooling beside it, which is faster and has the same bits. */
  readonly joinsRectifiers: boolean;
  readonly buffers: Buffers;
  readonly calls: { readonly prepare: Call[]; readonly train: Call[]; readonly infer: Call[] };
};

/** What a layer has done: where its output lies, and what makes dx (0 where it is not wanted) from dy. */
export type Done = { readonly y: number; readonly back: (dy: number) => number };

/** A place for `features` values of every sample. */
export const valuesFor = ({ buffers }: Plan, features: number): number =>
  buffers.take(32 * features * buffers.groupsMax);

export const packedBytes = (rows: number, depth: number): number => 16 * Math.ceil(rows / 4) * (depth + 1);

export const panelsBytes = (rows: number, columns: number, groups: number): number =>
  32 * groups * (2 * Math.ceil(rows / 2) + 4 * Math.ceil(columns / 4));

export function forward({ calls }: Plan, call: Call): void {
  calls.train.push(call);
  calls.infer.push(call);
}

/** Addresses of a tensor's values and of its gradient; 0 for one that the layer does not have. */
export function tensorAt({ buffers }: Plan, layer: ForeignLayer, role: Role): readonly [number, number] {
  const tensor = layer.tensors.find((one) => one.role === role);
  if (tensor === undefined) return [0, 0];
  return [buffers.parameters + 4 * tensor.offset, buffers.gradient + 4 * tensor.offset];
}

/** dz = dy where y > 0: the way back through a rectifier that a product has taken in. */
export function rectifierBack(plan: Plan, y: number, dy: number, features: number): number {
  const dz = valuesFor(plan, features);
  plan.calls.train.push((k, { groups }) => k.reluBackward(y, dy, dz, 32 * features * groups));
  return dz;
}
