/**
 * An engine turns a model into arithmetic on one thread. It knows nothing of data sets, leases, optimizers
 * or networks: microbatch in, sum of gradients out. The optimizer and the reduction tree live elsewhere.
 */
import type { Model } from '../nn/model.ts';

export const ENGINE_NAMES = ['reference', 'wasm-strict', 'wasm-relaxed', 'blas'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** `exact`: the same bits on every machine. `fast`: equal up to a tolerance. */
export const NUMERICS = ['exact', 'fast'] as const;
export type Numerics = (typeof NUMERICS)[number];

export interface Engine {
  readonly name: EngineName;
  readonly numerics: Numerics;
  /** Lays out every buffer for microbatches of up to `microbatch` samples. */
  compile(model: Model, options: CompileOptions): Promise<Executor>;
}

export type CompileOptions = {
  readonly microbatch: number;
  /** Also compute ∂loss/∂input (off in training: the first layer's is never needed). */
  readonly inputGradient: boolean;
};

/** What randomness inside the model (dropout) is addressed by, beside layer, sample and index. */
export type RandomAddress = { readonly seed: number; readonly epoch: number };

/** Sums over the samples of one microbatch. `loss` is a float64 sum in sample order. */
export type BatchSums = {
  readonly loss: number;
  readonly correct: number;
  /** False when the loss or any element of the gradient is infinite or NaN. */
  readonly finite: boolean;
};

/**
 * One compiled model on one thread. The arrays are live views of the engine's memory that never move;
 * the caller writes inputs and parameters in place and reads results in place. No call allocates.
 */
export interface Executor {
  readonly model: Model;
  readonly microbatch: number;
  /** [vectorLength]; call `parametersChanged` after writing. */
  readonly parameters: Float32Array;
  /**
   * [vectorLength] *sum* over samples of ∂lossᵢ/∂parameter. In the running values' part: count × the
   * microbatch's mean and unbiased variance (count × the running value itself where the statistics come from
   * one value only), so that dividing by the number of samples gives their weighted mean.
   */
  readonly gradient: Float32Array;
  /** [microbatch × inputLength], sample after sample, images as [channels, height, width]. */
  readonly inputs: Float32Array;
  /** [microbatch] what the loss holds each sample's outputs against: its class. */
  readonly targets: Int32Array;
  /** [microbatch] number of each sample in its data set: the address of its dropout masks. */
  readonly samples: Uint32Array;
  /** [microbatch × outputs] the last layer's output of the latest call. */
  readonly outputs: Float32Array;
  /** [microbatch × inputLength] sum gradient with respect to the inputs, when compiled for. */
  readonly inputGradient: Float32Array | null;
  parametersChanged(): void;
  /** Forward in training mode and backward over the first `count` samples; fills `gradient` and `outputs`. */
  computeGradient(count: number, address: RandomAddress): BatchSums;
  /** Forward in inference mode (no dropout, running statistics) over the first `count` samples. */
  evaluate(count: number): BatchSums;
}
