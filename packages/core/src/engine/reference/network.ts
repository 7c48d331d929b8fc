/**
 * A compiled model in float64: parameters, inputs and gradients are float64 too, so that difference quotients
 * mean something. The reference engine wraps it in float32 arrays.
 */
import type { Model } from '../../nn/model.ts';
import type { RandomAddress } from '../engine.ts';
import { chainOperation } from './chain.ts';
import { isCorrect, lossOf } from './losses.ts';
import type { Operation, Pass } from './operation.ts';

const NO_ADDRESS: RandomAddress = { seed: 0, epoch: 0 };

export class ReferenceNetwork {
  readonly model: Model;
  readonly microbatch: number;
  /** [vectorLength] */
  readonly parameters: Float64Array;
  /** [vectorLength] sums over samples; see `Executor.gradient`. */
  readonly gradient: Float64Array;
  /** [microbatch × inputLength] */
  readonly inputs: Float64Array;
  /** [microbatch × inputLength]; nothing is put there where the way back ends before. */
  readonly inputGradient: Float64Array;
  /** [microbatch × outputs] */
  readonly outputs: Float64Array;
  readonly targets: Int32Array;
  /** The same memory, for a loss that takes a number. */
  readonly targetNumbers: Float32Array;
  readonly samples: Uint32Array;
  readonly #chain: Operation;
  readonly #trainedFrom: number;
  readonly #slopes: Float64Array;
  readonly #rows: readonly { readonly z: Float64Array; readonly slopes: Float64Array }[];

  constructor(model: Model, microbatch: number, trainedFrom = 0) {
    const { vectorLength, inputLength, outputs } = model;
    this.model = model;
    this.microbatch = microbatch;
    this.parameters = new Float64Array(vectorLength);
    this.gradient = new Float64Array(vectorLength);
    this.inputs = new Float64Array(microbatch * inputLength);
    this.inputGradient = new Float64Array(microbatch * inputLength);
    this.outputs = new Float64Array(microbatch * outputs);
    this.targets = new Int32Array(microbatch);
    this.targetNumbers = new Float32Array(this.targets.buffer);
    this.samples = new Uint32Array(microbatch);
    this.#chain = chainOperation(model.layers, microbatch, trainedFrom);
    this.#trainedFrom = trainedFrom;
    this.#slopes = new Float64Array(microbatch * outputs);
    this.#rows = Array.from({ length: microbatch }, (_, sample) => ({
      z: this.outputs.subarray(sample * outputs, (sample + 1) * outputs),
      slopes: this.#slopes.subarray(sample * outputs, (sample + 1) * outputs),
    }));
  }

  /** Forward in training mode; sums of loss and right answers over the first `count` samples. */
  computeLoss(count: number, address: RandomAddress): { readonly loss: number; readonly correct: number } {
    return this.#forward(this.#pass(count, true, address));
  }

  /** Forward and backward in training mode; fills `gradient`, `inputGradient` and `outputs`. */
  computeGradient(
    count: number,
    address: RandomAddress,
  ): { readonly loss: number; readonly correct: number } {
    this.gradient.fill(0);
    const pass = this.#pass(count, true, address);
    const sums = this.#forward(pass);
    const slopes = this.#chain.backward(this.inputs, this.#slopes, pass);
    const length = this.#trainedFrom === 0 ? count * this.model.inputLength : 0;
    for (let i = 0; i < length; i += 1) this.inputGradient[i] = slopes[i];
    return sums;
  }

  /** Forward in inference mode. */
  evaluate(count: number): { readonly loss: number; readonly correct: number } {
    return this.#forward(this.#pass(count, false, NO_ADDRESS));
  }

  #forward(pass: Pass): { readonly loss: number; readonly correct: number } {
    const z = this.#chain.forward(this.inputs, pass);
    for (let i = 0; i < pass.count * this.model.outputs; i += 1) this.outputs[i] = z[i];
    const lossOfSample = lossOf(this.model.loss, this.model.outputs);
    const targets = this.model.loss === 'squared_error' ? this.targetNumbers : this.targets;
    let loss = 0;
    let correct = 0;
    for (let sample = 0; sample < pass.count; sample += 1) {
      const row = this.#rows[sample];
      const label = targets[sample];
      loss += lossOfSample(row.z, label, row.slopes);
      if (isCorrect(this.model.loss, row.z, label)) correct += 1;
    }
    return { loss, correct };
  }

  #pass(count: number, training: boolean, address: RandomAddress): Pass {
    if (!Number.isInteger(count) || count < 1 || count > this.microbatch) {
      throw new RangeError(`a microbatch of up to ${this.microbatch} samples cannot hold ${count} of them`);
    }
    const { parameters, gradient, samples } = this;
    return { count, training, parameters, gradient, samples, address };
  }
}
