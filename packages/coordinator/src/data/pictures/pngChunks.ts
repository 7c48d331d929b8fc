/** Holds what a PNG file unpacks to against what it says, before the decoder takes memory for it. */
import { inflateSync } from 'node:zlib';
import type { PngHeader } from './header.ts';

const SIGNATURE_BYTES = 8;
const IDAT = 0x49444154;
const ICCP = 0x69434350;
/** DEFLATE makes at most 1032 bytes of one: what is smaller than this is no giant whatever it says. */
const HARMLESS_BYTES = 65_536;
const PROFILE_BYTES_MAX = 16 * 1024 * 1024;

/** @throws Error, whose message says what is wrong, as "it is …" */
export function checkPngChunks(bytes: Uint8Array, { rawBytesMax }: PngHeader): void {
  if (bytes.length <= HARMLESS_BYTES) return;
  const rows = chunksOf(bytes, IDAT);
  if (rows.reduce((sum, { length }) => sum + length, 0) > HARMLESS_BYTES) {
    checkUnpacked(Buffer.concat(rows), rawBytesMax, 'its rows unpack to more than its size says');
  }
  for (const profile of chunksOf(bytes, ICCP)) {
    if (profile.length <= HARMLESS_BYTES) continue;
    // A name that ends with a zero, then the method.
    const packed = profile.subarray(profile.indexOf(0) + 2);
    checkUnpacked(packed, PROFILE_BYTES_MAX, 'its colour profile unpacks to more than one has');
  }
}

function chunksOf(bytes: Uint8Array, type: number): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Uint8Array[] = [];
  for (let at = SIGNATURE_BYTES; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === type) found.push(bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return found;
}

/** Other faults are the decoder's to tell. */
function checkUnpacked(packed: Uint8Array, most: number, reason: string): void {
  try {
    inflateSync(packed, { maxOutputLength: most });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new Error(reason);
  }
}
