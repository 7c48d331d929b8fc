/**
 * What every layer of the reference engine is: a forward and a backward formula over the samples of one
 * microbatch, in float64, as plain loops. Buffers are made once, when the model is compiled.
 */
import type { RandomAddress } from '../engine.ts';

/** What one pass over a microbatch has in common for all layers. */
export type Pass = {
  /** Samples in this microbatch; buffers may be longer. */
  readonly count: number;
  /** Dropout drops and batch norm measures only in training. */
  readonly training: boolean;
  /** Flat vector of the model. */
  readonly parameters: Float64Array;
  /** Flat vector of sums over samples; a backward pass adds to it. */
  readonly gradient: Float64Array;
  /** Number of each sample in its data set. */
  readonly samples: Uint32Array;
  readonly address: RandomAddress;
};

export interface Operation {
  /** y from x, both sample after sample. What is returned is overwritten by the next call. */
  forward(x: Float64Array, pass: Pass): Float64Array;
  /**
   * ∂loss/∂x from ∂loss/∂y = `dy`, after the forward pass on the same x; adds ∂loss/∂parameter to the
   * gradient. What is returned is overwritten by the next call.
   */
  backward(x: Float64Array, dy: Float64Array, pass: Pass): Float64Array;
}
