/**
 * A plan is the static form of one compiled model: every buffer with its place in linear memory, and the flat
 * lists of kernel calls. It is built once; running it allocates nothing.
 *
 * Buffers are either kept (parameters, packed weights, tables, what the caller reads and writes) or scratch: a scratch
 * buffer lives from the first call that uses it to the last, and buffers whose lives do not overlap share space.
 */
import type { Address, Kernels } from './kernels.ts';

/**
 * What changes from call to call. `groups` is the number of groups of eight samples; `gradient` is where the vector of all
 * gradients begins that is to be written, or with `adds` to be added to: 1 or 0.
 */
export type Batch = {
  count: number;
  groups: number;
  seed: number;
  epoch: number;
  gradient: Address;
  adds: number;
};

/** One kernel call with its addresses bound. */
export type Step = (batch: Batch) => void;
export type Bind = (kernels: Kernels, memory: ArrayBuffer) => Step;

/** What a call is part of: `backward` where one kernel computes both gradients. */
export type Pass = 'forward' | 'weightGradient' | 'inputGradient' | 'backward';
/** Layer and pass of a call; `layer` is the layer's name, or `input`, `loss` and the like. */
export type CallLabel = { readonly layer: string; readonly pass: Pass };

/** A place in linear memory; `address` is valid once the plan is laid out. */
export class Buffer {
  readonly bytes: number;
  readonly isKept: boolean;
  /** Kept tables are filled with these values after instantiation. */
  readonly content: Uint32Array | null;
  firstUse = Number.POSITIVE_INFINITY;
  lastUse = -1;
  #address: Address = -1;

  constructor(options: { bytes: number; isKept: boolean; content: Uint32Array | null }) {
    this.bytes = options.bytes;
    this.isKept = options.isKept;
    this.content = options.content;
  }

  get address(): Address {
    if (this.#address < 0)
      throw new Error('A buffer was asked for its address before the plan was laid out.');
    return this.#address;
  }

  place(address: Address): void {
    this.#address = address;
  }
}

/** Where static data of the kernel binaries may lie: nothing is placed below. */
const FIRST_ADDRESS = 65536;
/** Buffers start on cache lines. */
const ALIGNMENT_BYTES = 64;
const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;

type Call = { readonly train: Bind | null; readonly infer: Bind | null };

export type BoundPlan = {
  readonly prepare: readonly Step[];
  readonly train: readonly Step[];
  readonly infer: readonly Step[];
  /** Of each call in `train`. */
  readonly labels: readonly CallLabel[];
};

export class Plan {
  /** Groups of eight samples in a full microbatch. */
  readonly groupsMax: number;
  readonly #buffers: Buffer[] = [];
  readonly #prepare: Bind[] = [];
  readonly #calls: Call[] = [];
  readonly #labels: CallLabel[] = [];
  #label: CallLabel = { layer: 'input', pass: 'forward' };

  constructor(microbatch: number) {
    this.groupsMax = Math.ceil(microbatch / 8);
  }

  /** Names the layer that the calls to come belong to. */
  enter(layer: string, pass: Pass): void {
    this.#label = { layer, pass };
  }

  /** Names the pass of the calls to come. */
  turnTo(pass: Pass): void {
    this.#label = { layer: this.#label.layer, pass };
  }

  /** A buffer that keeps its content between calls. */
  keep(bytes: number): Buffer {
    return this.#buffer({ bytes, isKept: true, content: null });
  }

  /** A constant table of unsigned 32-bit integers. */
  table(content: Uint32Array): Buffer {
    return this.#buffer({ bytes: content.byteLength, isKept: true, content });
  }

  /** A buffer that lives only between the calls that use it. */
  scratch(bytes: number): Buffer {
    return this.#buffer({ bytes, isKept: false, content: null });
  }

  /** A scratch buffer of `features` interleaved values per group. */
  values(features: number): Buffer {
    return this.scratch(features * 32 * this.groupsMax);
  }

  /** Lets nothing be written over a scratch buffer once it has been filled. */
  hold(buffer: Buffer): void {
    buffer.lastUse = Number.POSITIVE_INFINITY;
  }

  /** A call that is made once per parameter version. */
  prepare(bind: Bind): void {
    this.#prepare.push(bind);
  }

  /** A call in training and evaluation alike. `uses` names every scratch buffer it reads or writes. */
  call(uses: readonly Buffer[], bind: Bind): void {
    this.callBy(uses, { train: bind, infer: bind });
  }

  /** A call in training only. */
  train(uses: readonly Buffer[], bind: Bind): void {
    this.callBy(uses, { train: bind, infer: null });
  }

  callBy(uses: readonly Buffer[], call: Call): void {
    const time = this.#calls.length;
    for (const buffer of uses) {
      buffer.firstUse = Math.min(buffer.firstUse, time);
      buffer.lastUse = Math.max(buffer.lastUse, time);
    }
    this.#calls.push(call);
    this.#labels.push(this.#label);
  }

  /** Gives every buffer its address; returns the bytes of memory needed. */
  layOut(): number {
    let end = FIRST_ADDRESS;
    for (const buffer of this.#buffers) {
      if (!buffer.isKept) continue;
      buffer.place(end);
      end += aligned(buffer.bytes);
    }
    return placeScratch(
      this.#buffers.filter((buffer) => !buffer.isKept),
      end,
    );
  }

  /** Writes the tables and returns the calls, bound to the kernels of one instance. */
  bind(kernels: Kernels, memory: ArrayBuffer): BoundPlan {
    for (const buffer of this.#buffers) {
      if (buffer.content !== null) new Uint32Array(memory, buffer.address).set(buffer.content);
    }
    const bound = (kind: 'train' | 'infer'): Step[] =>
      this.#calls.flatMap((call) => call[kind]?.(kernels, memory) ?? []);
    return {
      prepare: this.#prepare.map((bind) => bind(kernels, memory)),
      train: bound('train'),
      infer: bound('infer'),
      labels: this.#labels.filter((_, i) => this.#calls[i]?.train !== null),
    };
  }

  #buffer(options: { bytes: number; isKept: boolean; content: Uint32Array | null }): Buffer {
    const buffer = new Buffer(options);
    this.#buffers.push(buffer);
    return buffer;
  }
}

/** Largest first, each at the lowest address that is free during its life. Returns the end of the space used. */
function placeScratch(buffers: readonly Buffer[], start: Address): number {
  const placed: Buffer[] = [];
  let end = start;
  for (const buffer of [...buffers].sort((a, b) => b.bytes - a.bytes)) {
    const rivals = placed
      .filter((other) => other.firstUse <= buffer.lastUse && buffer.firstUse <= other.lastUse)
      .sort((a, b) => a.address - b.address);
    let address = start;
    for (const rival of rivals) {
      if (rival.address - address >= aligned(buffer.bytes)) break;
      address = Math.max(address, rival.address + aligned(rival.bytes));
    }
    buffer.place(address);
    placed.push(buffer);
    end = Math.max(end, address + aligned(buffer.bytes));
  }
  return end;
}
