/**
 * An engine turns a model into arithmetic on one thread. It knows nothing of data sets, leases, optimizers
 * or networks: microbatch in, sum of gradients out. The optimizer and the reduction tree live elsewhere.
 */
import type { Model } from '../nn/model.ts';
import type { VectorArena, VectorId } from '../vectors/arena.ts';

export const ENGINE_NAMES = ['reference', 'wasm-strict', 'wasm-relaxed', 'blas', 'webgpu'] as const;
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
  /**
   * The first entry of `model.layers` that is trained; 0 when not given. What the layers before it have to train gets a gradient
   * of 0, and the way back ends where training begins; with `inputGradient` it is gone to its end all the same. Running
   * values are measured in every layer. No other bit depends on it.
   */
  readonly trainedFrom?: number;
  /** How many vectors there may be in `vectors`; none when not given. */
  readonly vectors?: number;
};

/** Inputs that come as bytes. */
export type PixelInputs = {
  /** [microbatch × inputLength], sample after sample. */
  readonly bytes: Uint8Array;
  /** Writes the first `count` samples to the inputs: each byte divided by 255, in float32. */
  toInputs(count: number): void;
};

/** As an arena gives them. */
export type Vectors = Pick<VectorArena, keyof VectorArena>;

/** Where a gradient goes: into a vector of the executor's `vectors`, or on top of what that holds already. */
export type GradientPlace = { readonly vector: VectorId; readonly adds: boolean };

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
   * one value only), so that dividing by the number of samples gives their weighted mean. 0 where nothing is trained
   * (`trainedFrom`).
   */
  readonly gradient: Float32Array;
  /** [microbatch × inputLength], sample after sample, images as [channels, height, width]. */
  readonly inputs: Float32Array;
  /** Another way to write inputs, where the engine has one. */
  readonly pixels: PixelInputs | null;
  /** [microbatch] what the loss holds each sample's outputs against: its class. */
  readonly targets: Int32Array;
  /** The same memory for a loss that takes a number: [microbatch]. */
  readonly targetNumbers: Float32Array;
  /** [microbatch] number of each sample in its data set: the address of its dropout masks. */
  readonly samples: Uint32Array;
  /** [microbatch × outputs] the last layer's output of the latest call. */
  readonly outputs: Float32Array;
  /** [microbatch × inputLength] sum gradient with respect to the inputs, when compiled for. */
  readonly inputGradient: Float32Array | null;
  /** Vectors of the model's length, as many as it was compiled for, in the memory that it computes in where it has one. */
  readonly vectors: Vectors;
  parametersChanged(): void;
  /** Forward in training mode and backward over the first `count` samples; fills `gradient` and `outputs`. */
  computeGradient(count: number, address: RandomAddress): BatchSums;
  /**
   * The same, with the gradient in another place and `gradient` undefined afterwards. Adding gives the bits of an addition
   * in float32, element by element. `finite` speaks of the loss alone: whoever adds up looks at the sum.
   */
  computeGradientInto(place: GradientPlace, count: number, address: RandomAddress): BatchSums;
  /** Forward in inference mode (no dropout, running statistics) over the first `count` samples. */
  evaluate(count: number): BatchSums;
}

/** An engine on a device that is not this processor: what it is asked for comes later. */
export type DeviceEngine = Omit<Engine, 'compile'> & {
  compile(model: Model, options: CompileOptions): Promise<DeviceExecutor>;
};

/**
 * An executor whose memory is elsewhere: its arrays are copies, which a call reads when it is made and fills before it resolves.
 * Calls follow each other, one at a time. Whoever trains asks for whole nodes instead (`train/deviceComputer.ts`).
 */
export type DeviceExecutor = Omit<
  Executor,
  'vectors' | 'computeGradient' | 'computeGradientInto' | 'evaluate'
> & {
  computeGradient(count: number, address: RandomAddress): Promise<BatchSums>;
  evaluate(count: number): Promise<BatchSums>;
  /** Gives its memory on the device back. */
  destroy(): void;
};
