/** A binary as a patch of another, as `scripts/kernel-patch.mjs` writes it. */
import { hexToBytes } from '@noble/hashes/utils.js';

/** The binary that `patch` makes of `base`. */
export function patched(base: Uint8Array, patch: string): Uint8Array {
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const copy of patch.split(',')) {
    const [distance = '', length = '', bytesAfter = ''] = copy.split('.');
    const from = end + Number.parseInt(distance, 36);
    end = from + Number.parseInt(length, 36);
    parts.push(base.subarray(from, end), hexToBytes(bytesAfter));
  }
  const binary = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    binary.set(part, at);
    at += part.length;
  }
  return binary;
}
