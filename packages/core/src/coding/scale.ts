/**
 * Scales: a rounded tensor holds whole multiples of one. A scale has at most 16 significant bits, a whole number of a
 * coding 7, so that their products are exact in float32 and the scale can be read off the largest of them again. Hence
 * coding what is rounded loses nothing, and sums of whole numbers that a coding still holds are exact in any order.
 */

/** The largest whole number of each coding that rounds, on either side of 0. */
export const WHOLE_MAX = { int8: 127, int4: 7 } as const;
export type RoundingName = keyof typeof WHOLE_MAX;

/** 2⁻¹⁰⁰: below it a tensor counts as zero; scales of what is above it are normal numbers. */
const LARGEST_MIN = 7.888609052210118e-31;
/** 2¹⁰⁰: no scale is above it, so that the sum of many decoded values is still finite. */
export const SCALE_MAX = 1.2676506002282294e30;
/** 2⁻¹⁰⁸ */
const SCALE_MIN = 3.0814879110195774e-33;
/** Bits of a float64's upper word that a number of 16 significant bits has none of. */
const BEYOND_16_BITS = 0x1f;

const float64 = new Float64Array(1);
const words = new Uint32Array(float64.buffer);

/** The scale that has the largest absolute value of a tensor at ±bound; 0 for a tensor that is zero, or as good as. */
export function scaleFor(largest: number, bound: number): number {
  if (!(largest >= LARGEST_MIN)) return 0;
  return Math.min(shortened(largest / bound), SCALE_MAX);
}

/** Whether a number is a scale: what comes over a line may be anything. */
export function isScale(value: number): boolean {
  return value === 0 || (value >= SCALE_MIN && value <= SCALE_MAX && shortened(value) === value);
}

/** Its first 16 significant bits. */
function shortened(value: number): number {
  float64[0] = value;
  // Little-endian, as WebAssembly's memory is and every machine that runs it.
  words[0] = 0;
  words[1] = (words[1] as number) & ~BEYOND_16_BITS;
  return float64[0] as number;
}
