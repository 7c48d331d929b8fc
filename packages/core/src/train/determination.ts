/** How well numbers are predicted: R², the part of their variance that the predictions explain. */
import type { Samples } from '../data/dataSet.ts';

/** Variance of the targets around their own mean, in two passes of float64; 0 for an empty set. */
export function targetVariance({ count, targets }: Samples): number {
  if (count === 0) return 0;
  let sum = 0;
  for (const value of targets.values) sum += value;
  const mean = sum / count;
  let squares = 0;
  for (const value of targets.values) squares += (value - mean) * (value - mean);
  return squares / count;
}

/**
 * R² = 1 − mean squared error / variance: 1 for predictions without error, 0 for those of always the mean. Null where the
 * targets are all the same, so that there is nothing to explain.
 */
export function determination(meanSquaredError: number, samples: Samples): number | null {
  const variance = targetVariance(samples);
  return variance > 0 ? 1 - meanSquaredError / variance : null;
}
