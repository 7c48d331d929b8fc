/** Compiles a model into a plan in one linear memory and runs it. */
import type { Model, TensorInfo } from '../../nn/model.ts';
import { strideBytesOf, VectorArena } from '../../vectors/arena.ts';
import { checkBatch } from '../checkBatch.ts';
import type {
  BatchSums,
  CompileOptions,
  Executor,
  GradientPlace,
  PixelInputs,
  RandomAddress,
  Vectors,
} from '../engine.ts';
import { type InspectableExecutor, laneOf } from './inspect.ts';
import type { KernelModule } from './kernelModule.ts';
import type { Address, Kernels } from './kernels.ts';
import { planChain } from './network.ts';
import { type Batch, type BoundPlan, type Buffer, type CallLabel, Plan } from './plan.ts';
import type { PlanContext, ProductPlans } from './planned.ts';
import type { ProfiledExecutor } from './profile.ts';

/**
 * Lays out every buffer, then instantiates the kernels over a memory of exactly that size, the vectors behind. With
 * `products`, dense layers and convolutions that are not done by minimal filtering leave their matrix products to it.
 */
export async function compileWasm(
  module: KernelModule,
  model: Model,
  options: CompileOptions,
  products: ProductPlans | null = null,
): Promise<Executor> {
  return new WasmExecutor(await prepare(module, model, options, products, null));
}

/** As `compileWasm`, with each layer by itself and its output left where it is until the next call. */
export async function compileInspectableWasm(
  module: KernelModule,
  model: Model,
  options: CompileOptions,
): Promise<InspectableExecutor> {
  const shown = new Map<string, Buffer>();
  return new InspectableWasmExecutor(await prepare(module, model, options, null, shown), shown);
}

async function prepare(
  module: KernelModule,
  model: Model,
  options: CompileOptions,
  products: ProductPlans | null,
  shown: Map<string, Buffer> | null,
): Promise<ExecutorOptions> {
  const { microbatch, vectors = 0 } = options;
  const plan = new Plan(microbatch);
  const buffers = {
    parameters: plan.keep(model.vectorLength * 4),
    gradient: plan.keep(model.vectorLength * 4),
    inputs: plan.keep(microbatch * model.inputLength * 4),
    pixels: plan.keep(microbatch * model.inputLength),
    targets: plan.keep(microbatch * 4),
    samples: plan.keep(microbatch * 4),
    outputs: plan.keep(microbatch * model.outputs * 4),
    inputGradient: options.inputGradient ? plan.keep(microbatch * model.inputLength * 4) : null,
  };
  const loss = { value: 0 };
  const written = new Set<TensorInfo>();
  const inPlace = (tensor: TensorInfo): number => {
    written.add(tensor);
    return tensor.offset * 4;
  };
  planModel(plan, model, { ...buffers, products, shown, inPlace }, loss, options.trainedFrom);
  for (const output of shown?.values() ?? []) plan.hold(output);
  const address = plan.layOut();
  const { memory, kernels } = await module.instantiate(address + vectors * strideBytesOf(model.vectorLength));
  const bound = plan.bind(kernels, memory.buffer);
  const arena = new VectorArena({
    length: model.vectorLength,
    vectorsMax: vectors,
    within: { memory, address },
  });
  const moved = gapsBetween([...written], model.vectorLength);
  return { model, microbatch, kernels, buffers, loss, bound, memory: memory.buffer, arena, moved };
}

/** What lies between these tensors in a vector of `length` elements. */
function gapsBetween(tensors: readonly TensorInfo[], length: number): Range[] {
  const gaps: Range[] = [];
  let from = 0;
  for (const { offset, length: taken } of [...tensors].sort((a, b) => a.offset - b.offset)) {
    if (offset > from) gaps.push({ from, length: offset - from });
    from = offset + taken;
  }
  if (length > from) gaps.push({ from, length: length - from });
  return gaps;
}

/** Elements of a vector. */
type Range = { readonly from: number; readonly length: number };

type ModelBuffers = {
  readonly parameters: Buffer;
  readonly gradient: Buffer;
  readonly inputs: Buffer;
  readonly pixels: Buffer;
  readonly targets: Buffer;
  readonly samples: Buffer;
  readonly outputs: Buffer;
  readonly inputGradient: Buffer | null;
};

/** Input, layers, loss and, in training, the way back. The loss call leaves its sum in `loss`. */
function planModel(
  plan: Plan,
  model: Model,
  buffers: ModelBuffers & Pick<PlanContext, 'products' | 'shown' | 'inPlace'>,
  loss: { value: number },
  trainedFrom?: number,
): void {
  const { inputs, targets, outputs, inputGradient } = buffers;
  const { inputLength } = model;
  const x = plan.values(inputLength);
  plan.call([x], (k) => {
    const [from, to] = [inputs.address, x.address];
    return ({ count }) => k.pack8(from, to, inputLength, count);
  });
  const chain = planChain(
    { plan, ...buffers, samplesIn: x },
    model.layers,
    x,
    inputGradient !== null,
    trainedFrom,
  );
  const z = chain.output;
  plan.enter('loss', 'forward');
  const dz = plan.values(model.outputs);
  plan.call([z, dz], (k) => {
    const kernel = lossKernel(k, model);
    const [from, to, own] = [z.address, dz.address, targets.address];
    return ({ groups, count }) => {
      loss.value = kernel(from, to, own, model.outputs, groups, count);
    };
  });
  plan.call([z], (k) => {
    const [from, to] = [z.address, outputs.address];
    return ({ count }) => k.unpack8(from, to, model.outputs, count);
  });
  const dx = chain.backward(dz, inputGradient !== null);
  plan.enter('input', 'inputGradient');
  if (inputGradient !== null && dx !== null) {
    plan.train([dx], (k) => {
      const [from, to] = [dx.address, inputGradient.address];
      return ({ count }) => k.unpack8(from, to, inputLength, count);
    });
  }
}

function lossKernel(kernels: Kernels, model: Model): Kernels['crossEntropy'] {
  switch (model.loss) {
    case 'cross_entropy':
      return kernels.crossEntropy;
    case 'mse':
      return kernels.squareError;
    case 'squared_error':
      return kernels.squaredError;
    case 'perceptron':
      return kernels.perceptron;
  }
}

type ExecutorOptions = {
  readonly model: Model;
  readonly microbatch: number;
  readonly kernels: Kernels;
  readonly buffers: ModelBuffers;
  readonly loss: { value: number };
  readonly bound: BoundPlan;
  readonly memory: ArrayBuffer;
  readonly arena: VectorArena;
  /** What is computed in the buffer `gradient` whatever place it goes to. */
  readonly moved: readonly Range[];
};

class WasmExecutor implements ProfiledExecutor {
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
  readonly pixels: PixelInputs;
  readonly #options: ExecutorOptions;
  readonly #batch: Batch = { count: 0, groups: 0, seed: 0, epoch: 0, gradient: 0, adds: 0 };
  readonly #gradientAddress: Address;

  constructor(options: ExecutorOptions) {
    const { model, microbatch, memory, buffers } = options;
    const floats = (buffer: Buffer): Float32Array =>
      new Float32Array(memory, buffer.address, buffer.bytes / 4);
    this.#options = options;
    this.#gradientAddress = buffers.gradient.address;
    this.model = model;
    this.microbatch = microbatch;
    this.vectors = options.arena;
    this.parameters = floats(buffers.parameters);
    this.gradient = floats(buffers.gradient);
    this.inputs = floats(buffers.inputs);
    const [bytes, plain, length] = [buffers.pixels.address, buffers.inputs.address, model.inputLength];
    this.pixels = {
      bytes: new Uint8Array(memory, bytes, microbatch * length),
      toInputs: (count) => options.kernels.bytesToPixels(bytes, plain, count * length),
    };
    this.targets = new Int32Array(memory, buffers.targets.address, microbatch);
    this.targetNumbers = new Float32Array(memory, buffers.targets.address, microbatch);
    this.samples = new Uint32Array(memory, buffers.samples.address, microbatch);
    this.outputs = floats(buffers.outputs);
    this.inputGradient = buffers.inputGradient === null ? null : floats(buffers.inputGradient);
  }

  parametersChanged(): void {
    for (const step of this.#options.bound.prepare) step(this.#batch);
  }

  computeGradient(count: number, address: RandomAddress): BatchSums {
    this.#start(count, address.seed, address.epoch);
    this.#target(this.#gradientAddress, false);
    for (const step of this.#options.bound.train) step(this.#batch);
    return this.#gradientSums();
  }

  computeGradientInto({ vector, adds }: GradientPlace, count: number, address: RandomAddress): BatchSums {
    const { kernels, bound, loss, arena, moved } = this.#options;
    const into = arena.address(vector);
    this.#start(count, address.seed, address.epoch);
    this.#target(into, adds);
    for (const step of bound.train) step(this.#batch);
    for (const { from, length } of moved) {
      const [to, own] = [into + from * 4, this.#gradientAddress + from * 4];
      if (adds) arena.kernels.add(to, own, length);
      else arena.kernels.copy(to, own, length);
    }
    return { loss: loss.value, correct: kernels.correct(), finite: Number.isFinite(loss.value) };
  }

  #target(gradient: Address, adds: boolean): void {
    this.#batch.gradient = gradient;
    this.#batch.adds = adds ? 1 : 0;
  }

  get calls(): readonly CallLabel[] {
    return this.#options.bound.labels;
  }

  timeGradient(count: number, address: RandomAddress, now: () => number, elapsed: Float64Array): BatchSums {
    const { train } = this.#options.bound;
    this.#start(count, address.seed, address.epoch);
    this.#target(this.#gradientAddress, false);
    let before = now();
    for (const [i, step] of train.entries()) {
      step(this.#batch);
      const after = now();
      elapsed[i] = (elapsed[i] ?? 0) + after - before;
      before = after;
    }
    return this.#gradientSums();
  }

  #gradientSums(): BatchSums {
    const { kernels, model, loss } = this.#options;
    const finite =
      kernels.isFinite(this.#gradientAddress, model.vectorLength) === 1 && Number.isFinite(loss.value);
    return { loss: loss.value, correct: kernels.correct(), finite };
  }

  evaluate(count: number): BatchSums {
    const { kernels, bound, loss } = this.#options;
    this.#start(count, 0, 0);
    for (const step of bound.infer) step(this.#batch);
    return { loss: loss.value, correct: kernels.correct(), finite: Number.isFinite(loss.value) };
  }

  /** @throws RangeError when the samples do not fit the microbatch, or a label is no class of the model. */
  #start(count: number, seed: number, epoch: number): void {
    checkBatch(this.model, this.microbatch, this.targets, count);
    this.#batch.count = count;
    this.#batch.groups = (count + 7) >> 3;
    this.#batch.seed = seed;
    this.#batch.epoch = epoch;
  }
}

class InspectableWasmExecutor extends WasmExecutor implements InspectableExecutor {
  readonly #values: ReadonlyMap<string, Float32Array>;

  constructor(options: ExecutorOptions, shown: ReadonlyMap<string, Buffer>) {
    super(options);
    const floats = (buffer: Buffer) => new Float32Array(options.memory, buffer.address, buffer.bytes / 4);
    this.#values = new Map([...shown].map(([layer, buffer]) => [layer, floats(buffer)]));
  }

  activations(layer: string, sample: number): Float32Array {
    const values = this.#values.get(layer);
    if (values === undefined || !(sample >= 0 && sample < this.microbatch)) {
      throw new RangeError(
        `There are no activations of "${layer}" for sample ${sample}: this executor has ${this.microbatch} samples and the layers ${[...this.#values.keys()].join(', ')}.`,
      );
    }
    return laneOf(values, Math.ceil(this.microbatch / 8), sample);
  }
}
