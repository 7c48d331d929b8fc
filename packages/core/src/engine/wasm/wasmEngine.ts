/** The WebAssembly engines: `wasm-strict`, whose bits are the same on every machine. */
import type { Engine } from '../engine.ts';
import { KernelModule } from './kernelModule.ts';
import { STRICT_KERNELS } from './kernels.generated.ts';
import { compileWasm } from './wasmExecutor.ts';

export { KERNEL_BUILD } from './kernels.generated.ts';

const strict = new KernelModule(STRICT_KERNELS);

export const wasmStrictEngine: Engine = {
  name: 'wasm-strict',
  numerics: 'exact',
  compile: (model, options) => compileWasm(strict, model, options),
};
