/**
 * An exact executor written from docs/protocol.md alone: it drives the published kernels with the calls that the page
 * lists. No planner of the product is used, and nothing is tuned: every buffer has a place of its own.
 */
import { readFileSync } from 'node:fs';
import { planChain } from './foreignChain.ts';
import { type ForeignModel, initialVectorOf, type ModelJson, readModel } from './foreignModel.ts';
import { type Buffers, type Call, KERNEL_NAMES, type KernelName, type Kernels } from './foreignPlan.ts';

/** Where static data of the module may lie. */
const FIRST_ADDRESS = 65_536;
const PAGE_BYTES = 65_536;

const LOSSES: { readonly [loss: string]: KernelName } = {
  cross_entropy: 'crossEntropy',
  mse: 'squareError',
  squared_error: 'squaredError',
  perceptron: 'perceptron',
};

export type ForeignSums = {
  readonly gradient: Float32Array;
  readonly loss: number;
  readonly correct: number;
  readonly finite: boolean;
};

export class ForeignExecutor {
  readonly model: ForeignModel;
  readonly #kernels: Kernels;
  readonly #memory: ArrayBuffer;
  readonly #buffers: Buffers;
  readonly #calls: { readonly prepare: Call[]; readonly train: Call[]; readonly infer: Call[] };
  readonly #outcome: { loss: number };

  private constructor(options: {
    model: ForeignModel;
    kernels: Kernels;
    memory: ArrayBuffer;
    buffers: Buffers;
    calls: { prepare: Call[]; train: Call[]; infer: Call[] };
    outcome: { loss: number };
  }) {
    this.model = options.model;
    this.#kernels = options.kernels;
    this.#memory = options.memory;
    this.#buffers = options.buffers;
    this.#calls = options.calls;
    this.#outcome = options.outcome;
  }

  /**
   * `frozen` of the first layers are.
   * @param wasm the strict engine's module
   */
  static async create(
    wasm: Uint8Array,
    json: ModelJson,
    microbatch: number,
    { joinsRectifiers = true, frozen = 0 }: { joinsRectifiers?: boolean; frozen?: number } = {},
  ): Promise<ForeignExecutor> {
    const model = readModel(json);
    const { inputLength, outputs, vectorLength } = model;
    let end = FIRST_ADDRESS;
    const tables: { readonly at: number; readonly values: Uint32Array }[] = [];
    const take = (bytes: number): number => {
      const at = end;
      end += Math.ceil(bytes / 16) * 16;
      return at;
    };
    const buffers: Buffers = {
      groupsMax: Math.ceil(microbatch / 8),
      parameters: take(4 * vectorLength),
      gradient: take(4 * vectorLength),
      inputs: take(4 * microbatch * inputLength),
      labels: take(4 * microbatch),
      numbers: take(4 * microbatch),
      take,
      table: (values) => {
        const at = take(values.byteLength);
        tables.push({ at, values });
        return at;
      },
    };
    const calls = { prepare: [] as Call[], train: [] as Call[], infer: [] as Call[] };
    const both = (call: Call): void => {
      calls.train.push(call);
      calls.infer.push(call);
    };
    const outcome = { loss: 0 };
    const lossKernel = LOSSES[model.loss];
    if (lossKernel === undefined) throw new Error(`The page knows no loss "${model.loss}".`);
    const values = (features: number): number => take(32 * features * buffers.groupsMax);
    const x = values(inputLength);
    both((k, { n }) => k.pack8(buffers.inputs, x, inputLength, n));
    const { y, back } = planChain(
      { buffers, calls, joinsRectifiers },
      model.layers,
      x,
      { wanted: false, unfrozen: false },
      frozen,
    );
    const dz = values(outputs);
    both((k, { n, groups }) => {
      outcome.loss = k[lossKernel](y, dz, buffers.labels, outputs, groups, n);
    });
    back(dz);
    const pages = Math.ceil(end / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const instance = await WebAssembly.instantiate(await WebAssembly.compile(wasm as BufferSource), {
      env: { memory },
    });
    for (const { at, values } of tables) new Uint32Array(memory.buffer, at).set(values);
    const kernels = kernelsOf(instance.exports);
    return new ForeignExecutor({ model, kernels, memory: memory.buffer, buffers, calls, outcome });
  }

  initialVector(seed: number): Float32Array {
    return initialVectorOf(this.model, seed);
  }

  /** Called once for each parameter version. */
  setParameters(vector: Float32Array): void {
    new Float32Array(this.#memory, this.#buffers.parameters).set(vector);
    for (const call of this.#calls.prepare) call(this.#kernels, { n: 0, groups: 0, seed: 0, epoch: 0 });
  }

  /** Sums of one microbatch: `inputs` one sample after another; an `epoch` of null is an evaluation. */
  compute(
    microbatch: { inputs: Float32Array; labels: ArrayLike<number>; numbers: Uint32Array },
    seed: number,
    epoch: number | null,
  ): ForeignSums {
    const { inputs, labels, numbers } = microbatch;
    const n = numbers.length;
    new Float32Array(this.#memory, this.#buffers.inputs).set(inputs);
    new Int32Array(this.#memory, this.#buffers.labels).set(labels);
    new Uint32Array(this.#memory, this.#buffers.numbers).set(numbers);
    const { train, infer } = this.#calls;
    const batch = { n, groups: Math.ceil(n / 8), seed, epoch: epoch ?? 0 };
    for (const call of epoch === null ? infer : train) call(this.#kernels, batch);
    const { gradient } = this.#buffers;
    const { vectorLength } = this.model;
    const { loss } = this.#outcome;
    return {
      gradient: new Float32Array(this.#memory, gradient, vectorLength).slice(),
      loss,
      correct: this.#kernels.correct(),
      finite:
        Number.isFinite(loss) && (epoch === null || this.#kernels.isFinite(gradient, vectorLength) === 1),
    };
  }
}

function kernelsOf(exports: WebAssembly.Exports): Kernels {
  for (const name of KERNEL_NAMES) {
    if (typeof exports[name] !== 'function') throw new Error(`The kernels have no function "${name}".`);
  }
  return exports as unknown as Kernels;
}

/** The strict engine's module and the name of its build, out of the files that a build of the kernels writes into `folder`. */
export function strictKernels(folder: URL): { readonly wasm: Uint8Array; readonly build: string } {
  const constant = (file: string, name: string): string => {
    const [, text] =
      new RegExp(`${name} =\\s*'([^']+)'`).exec(readFileSync(new URL(file, folder), 'utf8')) ?? [];
    if (text === undefined) throw new Error(`${file} holds no ${name}: run "npm run build".`);
    return text;
  };
  return {
    wasm: Buffer.from(constant('kernels.generated.js', 'STRICT_KERNELS'), 'hex'),
    build: constant('kernelBuild.generated.js', 'KERNEL_BUILD'),
  };
}
