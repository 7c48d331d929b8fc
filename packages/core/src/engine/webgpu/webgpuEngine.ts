/** The engine `webgpu`: kernels in WGSL that are written for each model, on a device that whoever opens the engine hands over. */
import type { Model } from '../../nn/model.ts';
import { checkBatch } from '../checkBatch.ts';
import type { BatchSums, CompileOptions, DeviceEngine, DeviceExecutor, RandomAddress } from '../engine.ts';
import { DeviceNetwork } from './deviceNetwork.ts';
import type { GpuDevice } from './gpu.ts';

/**
 * `specialised` says whether kernels are written for the sizes of a model, which is faster, or shared by models of all sizes, which
 * spares compiling where that is slow.
 */
export function webgpuEngineOf(device: GpuDevice, specialised = true): DeviceEngine {
  return {
    name: 'webgpu',
    numerics: 'fast',
    compile: async (model, options) => {
      const network = await DeviceNetwork.compile(device, model, { ...options, specialised });
      return new WebgpuExecutor(network, options);
    },
  };
}

/** Σ of losses in float64 in the order of the samples, and of right answers, from `results` of a network. */
export function sumsOf(
  results: ArrayBuffer,
  from: number,
  count: number,
): Pick<BatchSums, 'loss' | 'correct'> {
  const losses = new Float32Array(results);
  const right = new Uint32Array(results);
  let [loss, correct] = [0, 0];
  for (let i = from; i < from + count; i += 1) {
    loss += losses[2 * i] as number;
    correct += right[2 * i + 1] as number;
  }
  return { loss, correct };
}

class WebgpuExecutor implements DeviceExecutor {
  readonly model: Model;
  readonly microbatch: number;
  readonly parameters: Float32Array;
  readonly gradient: Float32Array;
  readonly inputs: Float32Array;
  readonly pixels = null;
  readonly targets: Int32Array;
  readonly targetNumbers: Float32Array;
  readonly samples: Uint32Array;
  readonly outputs: Float32Array;
  readonly inputGradient: Float32Array | null;
  readonly #network: DeviceNetwork;

  constructor(network: DeviceNetwork, { microbatch, inputGradient }: CompileOptions) {
    const { model } = network;
    this.#network = network;
    this.model = model;
    this.microbatch = microbatch;
    this.parameters = new Float32Array(model.vectorLength);
    this.gradient = new Float32Array(model.vectorLength);
    this.inputs = new Float32Array(microbatch * model.inputLength);
    this.targets = new Int32Array(microbatch);
    this.targetNumbers = new Float32Array(this.targets.buffer);
    this.samples = new Uint32Array(microbatch);
    this.outputs = new Float32Array(microbatch * model.outputs);
    this.inputGradient = inputGradient ? new Float32Array(microbatch * model.inputLength) : null;
  }

  parametersChanged(): void {
    this.#network.write(this.#network.places.parameters, this.parameters);
  }

  async computeGradient(count: number, address: RandomAddress): Promise<BatchSums> {
    const network = this.#network;
    const { model } = this;
    const { places } = network;
    this.#start(count);
    network.submit(count, { training: true, bytes: false }, address);
    const [results, gradient, outputs, inputGradient] = await network.read([
      { from: network.buffer(places.results), words: 2 * count },
      { from: network.buffer(places.gradient), words: model.vectorLength },
      { from: network.buffer(places.outputs), words: count * model.outputs },
      ...(places.inputGradient === null
        ? []
        : [{ from: network.buffer(places.inputGradient), words: count * model.inputLength }]),
    ]);
    this.gradient.set(new Float32Array(gradient as ArrayBuffer));
    this.outputs.set(new Float32Array(outputs as ArrayBuffer));
    if (inputGradient !== undefined) this.inputGradient?.set(new Float32Array(inputGradient));
    const sums = sumsOf(results as ArrayBuffer, 0, count);
    return { ...sums, finite: Number.isFinite(sums.loss) && this.gradient.every(Number.isFinite) };
  }

  async evaluate(count: number): Promise<BatchSums> {
    const network = this.#network;
    this.#start(count);
    network.submit(count, { training: false, bytes: false }, { seed: 0, epoch: 0 });
    const [results, outputs] = await network.read([
      { from: network.buffer(network.places.results), words: 2 * count },
      { from: network.buffer(network.places.outputs), words: count * this.model.outputs },
    ]);
    this.outputs.set(new Float32Array(outputs as ArrayBuffer));
    const sums = sumsOf(results as ArrayBuffer, 0, count);
    return { ...sums, finite: Number.isFinite(sums.loss) };
  }

  destroy(): void {
    this.#network.destroy();
  }

  #start(count: number): void {
    checkBatch(this.model, this.microbatch, this.targets, count);
    const network = this.#network;
    const { inputs, targets, samples } = network.places;
    network.write(inputs, this.inputs, count * this.model.inputLength);
    network.write(targets, this.targets, count);
    network.write(samples, this.samples, count);
  }
}
