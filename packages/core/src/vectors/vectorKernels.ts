/** The vector kernels as typed functions over one WebAssembly memory. Addresses are bytes, lengths are elements. */
import { hexToBytes } from '@noble/hashes/utils.js';
import { VECTOR_KERNELS } from './vectorKernels.generated.ts';

/** The part of WebAssembly's memory that is used here (core knows no host types). */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

// Declared for this module alone: core compiles without the types of a browser or of Node.js.
declare const WebAssembly: {
  readonly Memory: new (descriptor: { initial: number; maximum: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { env: { memory: WasmMemory } },
  ) => { readonly exports: unknown };
};

/** What assembly/vector.ts exports; its comments give every formula. Numbers for float32 are rounded on entry. */
export type VectorKernels = {
  add(into: number, from: number, length: number): void;
  scale(x: number, length: number, factor: number): void;
  fill(x: number, length: number, value: number): void;
  copy(into: number, from: number, length: number): void;
  isFinite(x: number, length: number): number;
  sumSquares(x: number, length: number): number;
  scaleSumSquares(x: number, length: number, factor: number): number;
  clip(x: number, length: number, bound: number): void;
  regularize(gradient: number, weight: number, length: number, l1: number, twoL2: number): void;
  blend(running: number, fresh: number, length: number, momentum: number): void;
  sgd(parameter: number, gradient: number, length: number, rate: number, decay: number): void;
  momentum: MomentumKernel;
  nesterov: MomentumKernel;
  adagrad(
    parameter: number,
    gradient: number,
    squares: number,
    length: number,
    rate: number,
    decay: number,
    epsilon: number,
  ): void;
  rmsprop(
    parameter: number,
    gradient: number,
    squares: number,
    length: number,
    rate: number,
    decay: number,
    keep: number,
    fresh: number,
    epsilon: number,
  ): void;
  adam(
    parameter: number,
    gradient: number,
    moment1: number,
    moment2: number,
    length: number,
    rate: number,
    decay: number,
    shrink: number,
    beta1: number,
    fresh1: number,
    beta2: number,
    fresh2: number,
    root: number,
    epsilon: number,
  ): void;
  largest(x: number, length: number): number;
  subtract(x: number, from: number, length: number): void;
  round(
    x: number,
    length: number,
    scale: number,
    bound: number,
    seed: number,
    purpose: number,
    tensor: number,
    time: number,
    leaf: number,
  ): void;
  packInt8: PackKernel;
  packInt4: PackKernel;
  unpackInt8: UnpackKernel;
  unpackInt4: UnpackKernel;
};

type PackKernel = (x: number, out: number, length: number, scale: number) => void;
type UnpackKernel = (whole: number, into: number, length: number, scale: number) => number;

type MomentumKernel = (
  parameter: number,
  gradient: number,
  velocity: number,
  length: number,
  rate: number,
  decay: number,
  mu: number,
) => void;

export const WASM_PAGE_BYTES = 65536;

/** A memory that may grow to `maximum` pages. */
export function createMemory(pages: { readonly initial: number; readonly maximum: number }): WasmMemory {
  return new WebAssembly.Memory({ initial: pages.initial, maximum: pages.maximum });
}

let compiled: object | null = null;

/** The kernels working in this memory. */
export function createVectorKernels(memory: WasmMemory): VectorKernels {
  compiled ??= new WebAssembly.Module(hexToBytes(VECTOR_KERNELS));
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as VectorKernels;
}
