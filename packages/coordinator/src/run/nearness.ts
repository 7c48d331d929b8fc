/**
 * What fast numerics may differ by: the gradient in Euclidean length, relative to the right one, and the loss. Single
 * elements may differ by more, where rounding decides a near-tie of a rectifier or a pooling window the other way.
 */
export const FAST_TOLERANCE = { gradient: 0.02, loss: 1e-3 };

export function isNearLoss(given: number, right: number): boolean {
  return Math.abs(given - right) <= FAST_TOLERANCE.loss * Math.abs(right);
}

/** Of equal length. */
export function isNearGradient(given: Float32Array, right: Float32Array): boolean {
  const { difference, length } = distanceOf(given, right);
  return difference <= FAST_TOLERANCE.gradient * length;
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
