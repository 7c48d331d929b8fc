/**
 * What fast numerics may differ by: the gradient in Euclidean length, relative to the right one, and the loss. Single
 * elements may differ by more, where rounding decides a near-tie of a rectifier or a pooling window the other way.
 *
 * Where a model has learnt its samples nearly by heart, what is left of them is of the size of the rounding itself: of a
 * softmax that is 1 − 10⁻⁷ no more than the first digit is known. So much for each sample is no lie either.
 */
export const FAST_TOLERANCE: Tolerance = { gradient: 0.02, loss: 1e-3 };
/**
 * The same of the probe of local steps, which is what two updates change: of weights whose gradient is of the size of rounding the
 * first one takes little but the sign. Honest engines have been seen 3.3 % apart.
 */
export const ROUND_TOLERANCE: Tolerance = { gradient: 0.2, loss: 0.02 };
export type Tolerance = { readonly gradient: number; readonly loss: number };
const ROUNDING_PER_SAMPLE = { gradient: 1e-5, loss: 1e-6 };

/** Sums over `count` samples. */
export function isNearLoss(
  given: number,
  right: number,
  count: number,
  { loss }: Tolerance = FAST_TOLERANCE,
): boolean {
  return Math.abs(given - right) <= loss * Math.abs(right) + ROUNDING_PER_SAMPLE.loss * count;
}

/** Sums over `count` samples, of equal length. */
export function isNearGradient(
  given: Float32Array,
  right: Float32Array,
  count: number,
  { gradient }: Tolerance = FAST_TOLERANCE,
): boolean {
  const { difference, length } = distanceOf(given, right);
  return difference <= gradient * length + ROUNDING_PER_SAMPLE.gradient * count;
}

/** Euclidean lengths of given − right, and of the right one; the arrays are of equal length. */
export function distanceOf(
  given: Float32Array,
  right: Float32Array,
): { readonly difference: number; readonly length: number } {
  let difference = 0;
  let length = 0;
  for (let i = 0; i < right.length; i += 1) {
    const expected = right[i] ?? 0;
    const error = (given[i] ?? 0) - expected;
    difference += error * error;
    length += expected * expected;
  }
  return { difference: Math.sqrt(difference), length: Math.sqrt(length) };
}
