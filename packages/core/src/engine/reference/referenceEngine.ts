/**
 * The readable oracle: float64 arithmetic in plain loops, one file for each family of layers. Other engines are
 * held against it up to a tolerance; its own bits are promised to nobody.
 */
import type { Model } from '../../nn/model.ts';
import { VectorArena } from '../../vectors/arena.ts';
import type {
  BatchSums,
  CompileOptions,
  Engine,
  Executor,
  GradientPlace,
  RandomAddress,
  Vectors,
} from '../engine.ts';
import { ReferenceNetwork } from './network.ts';

export const referenceEngine: Engine = {
  name: 'reference',
  numerics: 'fast',
  compile: async (model, options) => new ReferenceExecutor(model, options),
};

class ReferenceExecutor implements Executor {
  readonly model: Model;
  readonly microbatch: number;
  readonly parameters: Float32Array;
  readonly gradient: Float32Array;
  readonly inputs: Float32Array;
  readonly targets: Int32Array;
  readonly targetNumbers: Float32Array;
  readonly samples: Uint32Array;
  readonly outputs: Float32Array;
  readonly inputGradient: Float32Array | null;
  readonly vectors: Vectors;
  readonly pixels = null;
  readonly #network: ReferenceNetwork;

  constructor(model: Model, { microbatch, inputGradient, vectors = 0, trainedFrom = 0 }: CompileOptions) {
    const network = new ReferenceNetwork(model, microbatch, inputGradient ? 0 : trainedFrom);
    this.model = model;
    this.microbatch = microbatch;
    this.parameters = new Float32Array(model.vectorLength);
    this.gradient = new Float32Array(model.vectorLength);
    this.inputs = new Float32Array(microbatch * model.inputLength);
    this.targets = network.targets;
    this.targetNumbers = network.targetNumbers;
    this.samples = network.samples;
    this.outputs = new Float32Array(microbatch * model.outputs);
    this.inputGradient = inputGradient ? new Float32Array(microbatch * model.inputLength) : null;
    this.vectors = new VectorArena({ length: model.vectorLength, vectorsMax: vectors });
    this.#network = network;
  }

  parametersChanged(): void {
    this.#network.parameters.set(this.parameters);
  }

  computeGradient(count: number, address: RandomAddress): BatchSums {
    this.#network.inputs.set(this.inputs);
    const { loss, correct } = this.#network.computeGradient(count, address);
    this.gradient.set(this.#network.gradient);
    this.outputs.set(this.#network.outputs);
    this.inputGradient?.set(this.#network.inputGradient);
    return { loss, correct, finite: Number.isFinite(loss) && this.gradient.every(Number.isFinite) };
  }

  computeGradientInto({ vector, adds }: GradientPlace, count: number, address: RandomAddress): BatchSums {
    const { loss, correct } = this.computeGradient(count, address);
    const into = this.vectors.view(vector);
    if (adds) for (const [i, value] of this.gradient.entries()) into[i] = (into[i] as number) + value;
    else into.set(this.gradient);
    return { loss, correct, finite: Number.isFinite(loss) };
  }

  evaluate(count: number): BatchSums {
    this.#network.inputs.set(this.inputs);
    const { loss, correct } = this.#network.evaluate(count);
    this.outputs.set(this.#network.outputs);
    return { loss, correct, finite: Number.isFinite(loss) };
  }
}
