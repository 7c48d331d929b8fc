/**
 * The WebAssembly engines, two builds of one source: `wasm-strict`, whose bits are the same on every machine, and
 * `wasm-relaxed`, whose products are added with one rounding (fused multiply-add) where the machine can.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import type { Model } from '../../nn/model.ts';
import type { CompileOptions, Engine } from '../engine.ts';
import type { InspectableExecutor } from './inspect.ts';
import { KernelModule } from './kernelModule.ts';
import { RELAXED_PATCH, STRICT_KERNELS } from './kernels.generated.ts';
import { patched } from './patch.ts';
import { productPlans } from './productPlans.ts';
import type { Products } from './products.ts';
import { hasRelaxedSimd } from './relaxedSimd.ts';
import { compileInspectableWasm, compileWasm } from './wasmExecutor.ts';

const strict = new KernelModule(() => hexToBytes(STRICT_KERNELS));
const relaxed = new KernelModule(() => patched(hexToBytes(STRICT_KERNELS), RELAXED_PATCH));

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

/** The engine `wasm-relaxed`, or null where the machine has no relaxed SIMD. */
export function findWasmRelaxedEngine(): Engine | null {
  return hasRelaxedSimd() ? wasmRelaxedEngine : null;
}

/** Numerics `fast` with the large matrix products done by `products`, everything else by the fastest kernels of this machine. */
export function blasEngineOf(products: Products): Engine {
  const plans = productPlans(products);
  return {
    name: 'blas',
    numerics: 'fast',
    compile: (model, options) => compileWasm(hasRelaxedSimd() ? relaxed : strict, model, options, plans),
  };
}
