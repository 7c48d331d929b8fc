/** What planning a layer takes and gives. */
import type { Conv2dLayer, DenseLayer, TensorInfo } from '../../nn/model.ts';
import type { Buffer, Plan } from './plan.ts';

export type PlanContext = {
  readonly plan: Plan;
  /** The flat vectors, and the numbers of the samples. */
  readonly parameters: Buffer;
  readonly gradient: Buffer;
  readonly samples: Buffer;
  /** The samples as the first layer reads them. */
  readonly samplesIn: Buffer;
  /**
   * Says that the layer's call writes this gradient where the batch wants it, or adds it there, rather than into `gradient`.
   * @returns bytes from the beginning of the vector
   */
  readonly inPlace: (tensor: TensorInfo) => number;
  /** Layers whose large matrix products are done by something else than the kernels, where there is one. */
  readonly products: ProductPlans | null;
  /**
   * Takes the buffer of every layer's output, by the layer's name, where they are to be looked at: each layer is then
   * planned by itself. Null in training, where layers share kernels and buffers share space.
   */
  readonly shown: Map<string, Buffer> | null;
};

type ProductPlan<L> = (context: PlanContext, layer: L, x: Buffer, relu: boolean) => Planned;

export type ProductPlans = {
  readonly dense: ProductPlan<DenseLayer>;
  readonly convolution: ProductPlan<Conv2dLayer>;
};

/** A layer whose forward calls are in the plan. */
export type Planned = {
  readonly output: Buffer;
  /**
   * Emits the backward calls; reads `dy` without changing it. Gives the gradient with respect to the input, or null when
   * it is not `wanted`.
   */
  readonly backward: (dy: Buffer, wanted: boolean) => Buffer | null;
};

/** Addresses of a tensor's values and gradient; valid once the plan is laid out. */
export function tensorAt(
  context: PlanContext,
  tensor: TensorInfo,
): { readonly value: number; readonly gradient: number } {
  return {
    value: context.parameters.address + 4 * tensor.offset,
    gradient: context.gradient.address + 4 * tensor.offset,
  };
}

export function lengthOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** [channels, height, width] of an image shape. */
export function imageOf(shape: readonly number[]): readonly [number, number, number] {
  const [channels, height, width] = shape;
  if (channels === undefined || height === undefined || width === undefined) {
    throw new Error(`A layer for images was compiled for the shape [${shape.join(', ')}].`);
  }
  return [channels, height, width];
}

/** Bytes of weights packed for the matrix kernels: panels of four rows behind their biases. */
export function packedBytes(rows: number, depth: number): number {
  return Math.ceil(rows / 4) * 4 * (depth + 1) * 4;
}

/** Fewer rows of either factor of a gradient of weights are read where they lie. */
const PANELS_MIN = 48;

/** Bytes of both factors in panels of two and of four rows, of so many groups of samples. */
export function panelsBytes(units: number, inputs: number, groups: number): number {
  if (Math.min(units, inputs) < PANELS_MIN) return 0;
  return (Math.ceil(units / 2) * 2 + Math.ceil(inputs / 4) * 4) * groups * 32;
}
