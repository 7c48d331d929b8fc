/**
 * XXH32 (Yann Collet, "xxHash fast digest algorithm", XXH32 with seed 0), the checksum of tensors on the wire:
 * it finds damage, it does not authenticate.
 */

const P1 = 0x9e3779b1 | 0;
const P2 = 0x85ebca77 | 0;
const P3 = 0xc2b2ae3d | 0;
const P4 = 0x27d4eb2f | 0;
const P5 = 0x165667b1 | 0;

const rotate = (x: number, r: number): number => (x << r) | (x >>> (32 - r));

/**
 * A long loop in a function that is rarely called is compiled anew, and badly, in some processes and not in others; a
 * function that is called for each small block is compiled once and for all.
 */
const BLOCK_BYTES = 1024;
const lanes = new Int32Array(4);

/** Takes the bytes [from, to), whole stripes of 16, into the lanes. */
function mixBlock(view: DataView, from: number, to: number): void {
  let a = lanes[0] as number;
  let b = lanes[1] as number;
  let c = lanes[2] as number;
  let d = lanes[3] as number;
  for (let at = from; at < to; at += 16) {
    a = Math.imul(rotate((a + Math.imul(view.getInt32(at, true), P2)) | 0, 13), P1);
    b = Math.imul(rotate((b + Math.imul(view.getInt32(at + 4, true), P2)) | 0, 13), P1);
    c = Math.imul(rotate((c + Math.imul(view.getInt32(at + 8, true), P2)) | 0, 13), P1);
    d = Math.imul(rotate((d + Math.imul(view.getInt32(at + 12, true), P2)) | 0, 13), P1);
  }
  lanes[0] = a;
  lanes[1] = b;
  lanes[2] = c;
  lanes[3] = d;
}

/** @returns an unsigned 32-bit integer. */
export function xxh32(data: Uint8Array): number {
  const length = data.length;
  const view = new DataView(data.buffer, data.byteOffset, length);
  let at = 0;
  let h: number;
  if (length >= 16) {
    lanes[0] = (P1 + P2) | 0;
    lanes[1] = P2;
    lanes[2] = 0;
    lanes[3] = -P1 | 0;
    const end = length - (length % 16);
    for (; at < end; at += BLOCK_BYTES) mixBlock(view, at, Math.min(at + BLOCK_BYTES, end));
    at = end;
    h = [1, 7, 12, 18].reduce((sum, turn, lane) => (sum + rotate(lanes[lane] as number, turn)) | 0, 0);
  } else {
    h = P5;
  }
  h = (h + length) | 0;
  for (; at + 4 <= length; at += 4) {
    h = Math.imul(rotate((h + Math.imul(view.getInt32(at, true), P3)) | 0, 17), P4);
  }
  for (; at < length; at += 1) {
    h = Math.imul(rotate((h + Math.imul(view.getUint8(at), P5)) | 0, 11), P1);
  }
  h = Math.imul(h ^ (h >>> 15), P2);
  h = Math.imul(h ^ (h >>> 13), P3);
  return (h ^ (h >>> 16)) >>> 0;
}
