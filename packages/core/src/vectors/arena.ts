/**
 * Many float32 vectors of one length in one WebAssembly memory: parameters, moments and partial gradients, where
 * the vector kernels reach them without a copy. Slots are numbered and reused; the memory grows only when none is
 * free, and never past a named bound.
 */
import type { VectorStore } from '../parallel/answer.ts';
import { atOnce, type Elementwise } from './elementwise.ts';
import {
  createMemory,
  createVectorKernels,
  type VectorKernels,
  WASM_PAGE_BYTES,
  type WasmMemory,
} from './vectorKernels.ts';

/** Handle of one vector; valid from `allocate` to `free`. */
export type VectorId = number;

/** Vectors start on cache lines. */
const ALIGNMENT_BYTES = 64;
const WASM_PAGES_MAX = 65536;
/** How many vectors an arena holds when its owner names no bound of its own. */
export const ARENA_VECTORS_MAX = 256;

/** Bytes from one vector of `length` elements to the next. */
export function strideBytesOf(length: number): number {
  return Math.max(1, Math.ceil((length * 4) / ALIGNMENT_BYTES)) * ALIGNMENT_BYTES;
}

/** Pages that so many vectors take. */
export function pagesOf(length: number, vectors: number): number {
  return Math.max(1, Math.ceil((vectors * strideBytesOf(length)) / WASM_PAGE_BYTES));
}

export class VectorArena implements VectorStore<VectorId> {
  /** Elements of every vector. */
  readonly length: number;
  readonly vectorsMax: number;
  readonly kernels: VectorKernels;
  /** What has been begun here is finished before any vector is looked at. */
  readonly elementwise: Elementwise;
  readonly #memory: WasmMemory;
  /** Byte address of the first vector. */
  readonly #origin: number;
  readonly #strideBytes: number;
  /** Slots that have been given back, last one first. */
  readonly #freed: VectorId[] = [];
  readonly #live = new Set<VectorId>();
  #slots = 0;

  /**
   * The memory's maximum also bounds the arena: 4 GiB hold fewer than `vectorsMax` very long vectors.
   * @param options.within a part of a memory that holds other things too, or one that others see; a memory of its own when
   * not given. Kernels and what shares their work out come with it where they are not the usual ones.
   */
  constructor(options: {
    readonly length: number;
    readonly vectorsMax?: number;
    readonly within?: {
      readonly memory: WasmMemory;
      readonly address: number;
      readonly led?: Elementwise & { readonly kernels: VectorKernels };
    };
  }) {
    const { length, vectorsMax = ARENA_VECTORS_MAX, within } = options;
    this.#origin = within?.address ?? 0;
    this.#strideBytes = strideBytesOf(length);
    const fitting = Math.floor((WASM_PAGES_MAX * WASM_PAGE_BYTES - this.#origin) / this.#strideBytes);
    if (!Number.isSafeInteger(length) || length < 0 || fitting < 1) {
      throw new RangeError(
        `A vector of ${length} elements does not fit into one WebAssembly memory of 4 GiB. Use a smaller model.`,
      );
    }
    this.length = length;
    this.vectorsMax = Math.min(vectorsMax, fitting);
    const maximum = pagesOf(length, this.vectorsMax);
    this.#memory = within?.memory ?? createMemory({ initial: 1, maximum });
    this.kernels = within?.led?.kernels ?? createVectorKernels(this.#memory);
    this.elementwise = within?.led ?? atOnce(this.kernels);
  }

  /** Vectors in use. */
  get size(): number {
    return this.#live.size;
  }

  /**
   * A vector with undefined content (whatever the slot held before).
   * @throws RangeError when `vectorsMax` vectors are in use or the host has no memory left
   */
  allocate(): VectorId {
    const id = this.#freed.pop() ?? this.#newSlot();
    this.#live.add(id);
    return id;
  }

  #newSlot(): VectorId {
    if (this.#slots >= this.vectorsMax) {
      throw new RangeError(
        `All ${this.vectorsMax} vectors of ${this.length} elements are in use. ` +
          'Free some, or raise the bound (vectorsMax) if that many are meant to be open.',
      );
    }
    const neededBytes = this.#origin + (this.#slots + 1) * this.#strideBytes;
    const missingBytes = neededBytes - this.#memory.buffer.byteLength;
    if (missingBytes > 0) {
      try {
        this.#memory.grow(Math.ceil(missingBytes / WASM_PAGE_BYTES));
      } catch {
        throw new RangeError(
          `This machine gave no memory for vector ${this.#slots + 1} of ${this.length} elements ` +
            `(${neededBytes} bytes in all). Close other programs or use a smaller model.`,
        );
      }
    }
    this.#slots += 1;
    return this.#slots - 1;
  }

  free(id: VectorId): void {
    this.#check(id);
    this.#live.delete(id);
    this.#freed.push(id);
  }

  /** Of the memory that the vectors lie in. */
  get buffer(): ArrayBuffer | SharedArrayBuffer {
    return this.#memory.buffer;
  }

  /** Byte address in the memory, for the kernels. */
  address(id: VectorId): number {
    this.#check(id);
    this.elementwise.finish();
    return this.#origin + id * this.#strideBytes;
  }

  /**
   * The vector's elements in place. Ask again after any `allocate`: growing the memory detaches earlier views,
   * and a detached view has length 0.
   */
  view(id: VectorId): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#memory.buffer, this.address(id), this.length);
  }

  /** The vector's bytes in place (little-endian, as WebAssembly stores them); detached by growth like `view`. */
  bytes(id: VectorId): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory.buffer, this.address(id), this.length * 4);
  }

  /** A new vector holding a copy of `values`. */
  allocateFrom(values: Float32Array): VectorId {
    if (values.length !== this.length) {
      throw new RangeError(
        `This arena holds vectors of ${this.length} elements, but was given ${values.length}.`,
      );
    }
    const id = this.allocate();
    this.view(id).set(values);
    return id;
  }

  allocateFilled(value: number): VectorId {
    const id = this.allocate();
    this.kernels.fill(this.address(id), this.length, value);
    return id;
  }

  /** into[i] += from[i], in float32. */
  add(into: VectorId, from: VectorId): void {
    this.kernels.add(this.address(into), this.address(from), this.length);
  }

  /** into[i] += from[i], and `from` is free. */
  merge(into: VectorId, from: VectorId): void {
    this.add(into, from);
    this.free(from);
  }

  /** into[i] −= from[i], in float32. */
  subtract(into: VectorId, from: VectorId): void {
    // A step of 1 against `from` as a gradient, without decay, is the difference.
    this.kernels.sgd(this.address(into), this.address(from), this.length, 1, 0);
  }

  copy(into: VectorId, from: VectorId): void {
    this.kernels.copy(this.address(into), this.address(from), this.length);
  }

  /** False when any element is infinite or NaN. */
  isFinite(id: VectorId): boolean {
    return this.kernels.isFinite(this.address(id), this.length) === 1;
  }

  #check(id: VectorId): void {
    if (!this.#live.has(id))
      throw new RangeError(`Vector ${id} is not in use: it was freed or never allocated.`);
  }
}
