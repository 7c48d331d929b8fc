import { expect, test } from 'vitest';
import { bendsFor, sumAt } from './bends.ts';

const wave = (x: number): number => Math.sin(2 * Math.PI * x);
const PLACES = Array.from({ length: 201 }, (_, i) => i / 200);
const worst = (kind: 'relu' | 'sigmoid', count: number): number => {
  const sum = bendsFor(wave, kind, count);
  return Math.max(...PLACES.map((x) => Math.abs(sumAt(sum, x) - wave(x))));
};

test('rectifiers pass through the curve at their places', () => {
  const sum = bendsFor(wave, 'relu', 8);
  for (let i = 0; i <= 8; i += 1) expect(sumAt(sum, i / 8)).toBeCloseTo(wave(i / 8), 9);
});

test.each(['relu', 'sigmoid'] as const)('the more neurons, the nearer: %s', (kind) => {
  const errors = [4, 8, 16, 32].map((count) => worst(kind, count));
  for (let i = 1; i < errors.length; i += 1) expect(errors[i]!).toBeLessThan(errors[i - 1]!);
  expect(errors.at(-1)!).toBeLessThan(0.2);
});
