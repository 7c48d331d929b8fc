/**
 * The WebAssembly engines, two builds of one source: `wasm-strict`, whose bits are the same on every machine, and
 * `wasm-relaxed`, whose products are added with one rounding (fused multiply-add) where the machine can.
 */
import type { Model } from '../../nn/model.ts';
import type { CompileOptions, Engine } from '../engine.ts';
import type { InspectableExecutor } from './inspect.ts';
import { KernelModule, validateWasm } from './kernelModule.ts';
import { RELAXED_KERNELS, STRICT_KERNELS } from './kernels.generated.ts';
import type { Products } from './products.ts';
import { compileInspectableWasm, compileWasm } from './wasmExecutor.ts';

export { KERNEL_BUILD } from './kernels.generated.ts';

const strict = new KernelModule(STRICT_KERNELS);
const relaxed = new KernelModule(RELAXED_KERNELS);

export const wasmStrictEngine: Engine = {
  name: 'wasm-strict',
  numerics: 'exact',
  compile: (model, options) => compileWasm(strict, model, options),
};

/** An executor of the strict engine whose layers can be looked at. */
export function compileInspectable(model: Model, options: CompileOptions): Promise<InspectableExecutor> {
  return compileInspectableWasm(strict, model, options);
}

const wasmRelaxedEngine: Engine = {
  name: 'wasm-relaxed',
  numerics: 'fast',
  compile: (model, options) => compileWasm(relaxed, model, options),
};

/** A module of one function that is three zero vectors and f32x4.relaxed_madd (opcode 0xfd 0x105). */
// biome-ignore format: sections
const RELAXED_SIMD_PROBE = Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b,
  0x03, 0x02, 0x01, 0x00,
  0x0a, 0x13, 0x01, 0x11, 0x00,
  0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f, 0xfd, 0x85, 0x02, 0x0b,
);

/**
 * Whether relaxed SIMD is there. Node.js 20 has it behind the flag `--experimental-wasm-relaxed-simd`, which
 * `v8.setFlagsFromString` may set at any time before this says yes.
 */
export function hasRelaxedSimd(): boolean {
  return validateWasm(RELAXED_SIMD_PROBE);
}

/** The engine `wasm-relaxed`, or null where the machine has no relaxed SIMD. */
export function findWasmRelaxedEngine(): Engine | null {
  return hasRelaxedSimd() ? wasmRelaxedEngine : null;
}

/** Numerics `fast` with the large matrix products done by `products`, everything else by the fastest kernels of this machine. */
export function blasEngineOf(products: Products): Engine {
  return {
    name: 'blas',
    numerics: 'fast',
    compile: (model, options) => compileWasm(hasRelaxedSimd() ? relaxed : strict, model, options, products),
  };
}
