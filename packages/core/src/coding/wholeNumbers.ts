/** Multiples of a scale as whole numbers in bytes and back; `assembly/rounding.ts` does the same where vectors lie in an arena. */
import type { RoundingName } from './scale.ts';

/** Bytes of so many whole numbers. */
export function packedLength(name: RoundingName, length: number): number {
  return name === 'int8' ? length : Math.ceil(length / 2);
}

/** @param x multiples of the scale, which is above 0 (or all of them are), as far as the coding goes */
export function pack(name: RoundingName, x: Float32Array, scale: number, out: Uint8Array): void {
  if (scale === 0) {
    out.fill(0);
    return;
  }
  if (name === 'int8') {
    for (let i = 0; i < x.length; i += 1) out[i] = Math.round((x[i] as number) / scale);
    return;
  }
  for (let j = 0; j < out.length; j += 1) {
    const even = Math.round((x[2 * j] as number) / scale);
    const odd = 2 * j + 1 < x.length ? Math.round((x[2 * j + 1] as number) / scale) : 0;
    out[j] = (even & 15) | ((odd & 15) << 4);
  }
}

/**
 * into[i] ← whole[i] · scale, or += with `adds`.
 * @returns false when a whole number is none of the coding's (−128, −8), or a half byte that stands for nothing is not 0
 */
export function unpack(
  name: RoundingName,
  packed: Uint8Array,
  scale: number,
  into: Float32Array,
  adds: boolean,
): boolean {
  let right = true;
  const wholes = name === 'int8' ? new Int8Array(packed.buffer, packed.byteOffset, packed.length) : null;
  const least = name === 'int8' ? -128 : -8;
  for (let i = 0; i < into.length; i += 1) {
    const whole = wholes === null ? nibble(packed[i >> 1] as number, i & 1) : (wholes[i] as number);
    if (whole === least) right = false;
    // In float32: the product is exact, and one rounding of a sum in float64 has the bits of a float32 addition.
    into[i] = adds ? (into[i] as number) + whole * scale : whole * scale;
  }
  return right && (name === 'int8' || into.length % 2 === 0 || (packed[into.length >> 1] as number) < 16);
}

/** The lower four bits of a byte, or the upper, as a number with a sign. */
const nibble = (byte: number, upper: number): number => (upper === 1 ? byte << 24 : byte << 28) >> 28;
