import { expect, test } from 'vitest';
import { classSamples, type Samples } from '../data/dataSet.ts';
import { determination, targetVariance } from './determination.ts';

const numbers = (...values: number[]): Samples => ({
  ...classSamples({ shape: [1], values: new Float32Array(values.length) }, new Uint8Array(values.length)),
  targets: { shape: [], values: Float32Array.from(values) },
});

test('R² is 1 without an error, 0 for always the mean, and below that for worse', () => {
  const samples = numbers(1, 2, 3, 6);
  // (4 + 1 + 0 + 9) / 4
  expect(targetVariance(samples)).toBe(3.5);
  expect(determination(0, samples)).toBe(1);
  expect(determination(3.5, samples)).toBe(0);
  expect(determination(7, samples)).toBe(-1);
});

test('of targets that are all the same there is none', () => {
  expect(determination(1, numbers(2, 2, 2))).toBeNull();
  expect(determination(1, numbers())).toBeNull();
});
