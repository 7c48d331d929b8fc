/** What the kernels of `assembly/rounding.ts` write and read, element by element, for the tests that hold them to it. */
import type { RoundingName } from './scale.ts';

/** @param x multiples of the scale, as far as the coding goes: what is not is taken to one that is */
export function pack(name: RoundingName, x: Float32Array, scale: number, out: Uint8Array): void {
  if (scale === 0) out.fill(0);
  else if (name === 'int8') packInt8(x, scale, out);
  else packInt4(x, scale, out);
}

function packInt8(x: Float32Array, scale: number, out: Uint8Array): void {
  for (let i = 0; i < x.length; i += 1) {
    // The quotient of a multiple is exact.
    const whole = ((x[i] as number) / scale) | 0;
    out[i] = whole > 127 ? 127 : whole < -127 ? -127 : whole;
  }
}

function packInt4(x: Float32Array, scale: number, out: Uint8Array): void {
  for (let i = 0; i < x.length; i += 1) {
    const whole = ((x[i] as number) / scale) | 0;
    const bits = (whole > 7 ? 7 : whole < -7 ? -7 : whole) & 15;
    const at = i >> 1;
    out[at] = (i & 1) === 0 ? bits : (out[at] as number) | (bits << 4);
  }
}

/**
 * into[i] ← whole[i] · scale, or += with `adds`: the product is exact, and one rounding of a sum in float64 has the bits of
 * an addition in float32.
 * @returns false when a whole number is none of the coding's (−128, −8), or a half byte that stands for nothing is not 0
 */
export function unpack(
  name: RoundingName,
  packed: Uint8Array,
  scale: number,
  into: Float32Array,
  adds: boolean,
): boolean {
  if (!adds) into.fill(0);
  if (name === 'int4') return addInt4(packed, scale, into);
  return addInt8(new Int8Array(packed.buffer, packed.byteOffset, packed.length), scale, into);
}

function addInt8(packed: Int8Array, scale: number, into: Float32Array): boolean {
  let right = true;
  for (let i = 0; i < into.length; i += 1) {
    const whole = packed[i] as number;
    if (whole === -128) right = false;
    into[i] = (into[i] as number) + whole * scale;
  }
  return right;
}

function addInt4(packed: Uint8Array, scale: number, into: Float32Array): boolean {
  let right = true;
  for (let i = 0; i < into.length; i += 1) {
    const byte = packed[i >> 1] as number;
    const whole = ((i & 1) === 0 ? byte << 28 : byte << 24) >> 28;
    if (whole === -8) right = false;
    into[i] = (into[i] as number) + whole * scale;
  }
  return right && (into.length % 2 === 0 || (packed[into.length >> 1] as number) < 16);
}
