/** Numbers that are to be predicted, standardised by the training part. */
import type { TargetScale, Tensor } from '@shoal/core';

/** Mean and standard deviation, in two passes of float64; a deviation of 1 where all values are the same. */
export function scaleOf(name: string, values: Float64Array): TargetScale {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = values.length === 0 ? 0 : sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) * (value - mean);
  const deviation = Math.sqrt(squares / Math.max(1, values.length));
  return { name, mean, deviation: deviation > 0 && Number.isFinite(deviation) ? deviation : 1 };
}

export const standardised = ({ mean, deviation }: TargetScale, values: Float64Array): Tensor => ({
  shape: [],
  values: Float32Array.from(values, (value) => (value - mean) / deviation),
});
