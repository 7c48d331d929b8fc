/**
 * An optimizer is a pair of `init` and `update`, after optax: `init` gives the scalars it carries, `update` takes one
 * step on vectors in place and returns the next scalars. Semantics are PyTorch's; moment vectors start at zero.
 */
import type { ElementwiseKernels } from '../vectors/elementwise.ts';

/** What an optimizer carries beside its vectors, by name; float64, and part of every checkpoint. */
export type OptimizerScalars = Readonly<Record<string, number>>;

/** Byte addresses in the kernels' memory; `moments` in the order of `Optimizer.moments`. What is called may be done later. */
export type UpdateVectors = {
  readonly kernels: ElementwiseKernels;
  readonly parameter: number;
  readonly gradient: number;
  readonly moments: readonly number[];
  /** Elements to update. */
  readonly length: number;
};

export type Optimizer = {
  /** Names of the moment vectors, each as long as the parameters. */
  readonly moments: readonly string[];
  init(): OptimizerScalars;
  /** One step with learning rate `rate`: changes parameters and moments in place. */
  update(vectors: UpdateVectors, rate: number, scalars: OptimizerScalars): OptimizerScalars;
};
