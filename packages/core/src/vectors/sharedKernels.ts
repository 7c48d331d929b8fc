/** The vector kernels over a memory that several threads see. The binary is the same but for its import. */
import { hexToBytes } from '@noble/hashes/utils.js';
import { VECTOR_KERNELS } from './vectorKernels.generated.ts';
import type { VectorKernels, WasmMemory } from './vectorKernels.ts';

// Declared for this module alone: core compiles without the types of a browser or of Node.js.
declare const WebAssembly: {
  readonly Memory: new (descriptor: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { env: { memory: WasmMemory } },
  ) => { readonly exports: unknown };
};

/** 4 GiB. */
export const MEMORY_PAGES_MAX = 65536;

/** A memory that several threads see and that may grow to `maximum` pages. Its views are never detached. */
export function createSharedMemory(pages: {
  readonly initial: number;
  readonly maximum: number;
}): WasmMemory {
  return new WebAssembly.Memory({ ...pages, shared: true });
}

let compiled: object | null = null;

/** The kernels working in this memory, which is shared. They compute what they compute in any other. */
export function createSharedVectorKernels(memory: WasmMemory): VectorKernels {
  compiled ??= new WebAssembly.Module(importingShared(hexToBytes(VECTOR_KERNELS)));
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as VectorKernels;
}

const IMPORT_SECTION = 2;
/** A section's number is one byte, and so are the magic number's four and the version's four. */
const FIRST_SECTION = 8;
const MEMORY_KIND = 2;
/** Of the limits of a memory. */
const HAS_MAXIMUM = 1;
const IS_SHARED = 2;

/**
 * The module with its one import, a memory, declared as shared (WebAssembly core specification, binary format, import
 * section and limits; the threads proposal adds the flag). Nothing else of it says what kind of memory it works in.
 */
export function importingShared(module: Uint8Array): Uint8Array {
  let at = FIRST_SECTION;
  while (module[at] !== undefined) {
    const [size, body] = readUnsigned(module, at + 1);
    if (module[at] === IMPORT_SECTION) {
      const limits = limitsOf(module, body);
      const [least, afterLeast] = readUnsigned(module, limits + 1);
      const hasMaximum = ((module[limits] as number) & HAS_MAXIMUM) !== 0;
      const rest = hasMaximum ? readUnsigned(module, afterLeast)[1] : afterLeast;
      const section = [
        ...module.subarray(body, limits),
        ...[HAS_MAXIMUM | IS_SHARED, ...unsigned(least), ...unsigned(MEMORY_PAGES_MAX)],
        ...module.subarray(rest, body + size),
      ];
      return Uint8Array.from([
        ...module.subarray(0, at),
        ...[IMPORT_SECTION, ...unsigned(section.length), ...section],
        ...module.subarray(body + size),
      ]);
    }
    at = body + size;
  }
  throw new RangeError('The module imports nothing.');
}

/** Where the limits of the only import stand: behind the names of its module and of itself, and its kind. */
function limitsOf(module: Uint8Array, section: number): number {
  let [count, at] = readUnsigned(module, section);
  for (let name = 0; name < 2; name += 1) {
    const [length, first] = readUnsigned(module, at);
    at = first + length;
  }
  if (count !== 1 || module[at] !== MEMORY_KIND)
    throw new RangeError('The module imports more than a memory.');
  return at + 1;
}

/** A number in LEB128. @returns it, and where it ends */
function readUnsigned(bytes: Uint8Array, from: number): readonly [value: number, end: number] {
  let value = 0;
  let at = from;
  for (let unit = 1; ; unit *= 128) {
    const byte = bytes[at] as number;
    at += 1;
    value += (byte & 127) * unit;
    if (byte < 128) return [value, at];
  }
}

function unsigned(value: number): number[] {
  const rest = Math.floor(value / 128);
  return rest === 0 ? [value] : [(value % 128) + 128, ...unsigned(rest)];
}
