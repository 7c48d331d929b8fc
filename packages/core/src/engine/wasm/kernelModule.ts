/** Loads a compiled kernel binary over a memory of fixed size. */
import type { WasmMemory } from '../../vectors/vectorKernels.ts';
import type { Kernels } from './kernels.ts';

const PAGE_BYTES = 65536;
/** What 32-bit addresses reach: 4 GiB. */
const PAGES_MAX = 65536;

// Declared for this module alone: core compiles without the types of a browser or of Node.js.
declare const WebAssembly: {
  readonly Memory: new (descriptor: { initial: number; maximum: number }) => WasmMemory;
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(
    module: object,
    imports: { env: { memory: WasmMemory } },
  ): Promise<{ readonly exports: unknown }>;
  validate(bytes: Uint8Array): boolean;
};

/** One kernel binary, compiled once and instantiated for every executor. */
export class KernelModule {
  readonly #binary: () => Uint8Array;
  #compiled: Promise<object> | null = null;

  constructor(binary: () => Uint8Array) {
    this.#binary = binary;
  }

  /**
   * A memory of `bytes`, which never grows, and the kernels that work in it.
   * @throws RangeError when WebAssembly, or this machine, has no room for it.
   */
  async instantiate(bytes: number): Promise<{ readonly memory: WasmMemory; readonly kernels: Kernels }> {
    this.#compiled ??= WebAssembly.compile(this.#binary());
    const pages = Math.ceil(bytes / PAGE_BYTES);
    const memory = memoryOf(pages);
    const instance = await WebAssembly.instantiate(await this.#compiled, { env: { memory } });
    return { memory, kernels: instance.exports as Kernels };
  }
}

function memoryOf(pages: number): WasmMemory {
  try {
    if (pages <= PAGES_MAX) return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch {
    // Said below, as for what no machine could give.
  }
  const mebibytes = Math.ceil((pages * PAGE_BYTES) / 1048576);
  throw new RangeError(
    `This model needs ${mebibytes} MiB for one microbatch, which cannot be had here: choose a smaller microbatch or a smaller model.`,
  );
}

/** Whether this machine knows every instruction of a module. */
export function validateWasm(bytes: Uint8Array): boolean {
  return WebAssembly.validate(bytes);
}
