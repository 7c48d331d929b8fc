/** Arrays in memory that the threads of this process share: a data set is there once, however many workers read it. */
import type { DataSplits } from '@shoal/core';

type NumberArray = Uint8Array | Float32Array | Int32Array | Uint32Array;

/** What samples are made of; a Buffer is one of bytes. */
const KINDS: readonly (new (memory: SharedArrayBuffer) => NumberArray)[] = [
  Uint8Array,
  Float32Array,
  Int32Array,
  Uint32Array,
];

/** With each array in shared memory: those that lie there as they are, the others as copies. */
export function inSharedMemory(data: DataSplits): DataSplits {
  return shared(data) as DataSplits;
}

function shared(value: unknown): unknown {
  for (const Kind of KINDS) {
    if (!(value instanceof Kind)) continue;
    if (value.buffer instanceof SharedArrayBuffer) return value;
    const copy = new Kind(new SharedArrayBuffer(value.byteLength));
    copy.set(value);
    return copy;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shared(part)]));
}
