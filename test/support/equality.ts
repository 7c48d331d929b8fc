/**
 * Arrays of numbers with the same bytes are equal, and are told so without a look at each number: `toEqual` asks for every
 * element what it is, which takes ten seconds for a model of a few megabytes. Whatever differs is compared, and shown, as
 * ever.
 */
import { expect } from 'vitest';

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);

function sameBytes(a: unknown, b: unknown): true | undefined {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b)) return undefined;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b) || a.byteLength !== b.byteLength)
    return undefined;
  return bytesOf(a).equals(bytesOf(b)) || undefined;
}

// Files that share a process share their testers too.
const added = globalThis as { shoalEquality?: boolean };
if (added.shoalEquality !== true) {
  expect.addEqualityTesters([sameBytes]);
  added.shoalEquality = true;
}
