/** Whether one straight line (plane) can part the two classes of a truth table. */
import type { Samples } from '../../data/dataSet.ts';
import { lengthOf } from '../../nn/shapes.ts';

/** Passes of the perceptron rule after which a table counts as inseparable; two inputs need fewer than ten. */
const PASSES_MAX = 10_000;

/**
 * Runs the perceptron rule (Rosenblatt 1958) on the samples, labels 0 and 1. By Novikoff's theorem (1962) it ends
 * if and only if some line separates the classes, for a few inputs of 0 and 1 within a few passes.
 */
export function isLinearlySeparable(samples: Samples): boolean {
  const { count, inputs, targets } = samples;
  const { values } = inputs;
  const sampleLength = lengthOf(inputs.shape);
  const weights = new Array<number>(sampleLength + 1).fill(0);
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    let errors = 0;
    for (let row = 0; row < count; row += 1) {
      const input = (i: number): number => (i === sampleLength ? 1 : (values[row * sampleLength + i] ?? 0));
      const z = weights.reduce((sum, weight, i) => sum + weight * input(i), 0);
      const y = targets.values[row] === 1 ? 1 : -1;
      // Strictly on its own side, so that a boundary through a sample does not pass for a separation.
      if (y * z > 0) continue;
      errors += 1;
      for (let i = 0; i <= sampleLength; i += 1) weights[i] = (weights[i] ?? 0) + y * input(i);
    }
    if (errors === 0) return true;
  }
  return false;
}
