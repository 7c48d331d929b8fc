import { expect, test } from 'vitest';
import { type Norms, noteNorm, unusualNorm } from './norms.ts';

function learned(...norms: number[]): Norms {
  const bounds: Norms = new Map();
  for (const norm of norms) noteNorm(bounds, 4, Math.log(norm));
  return bounds;
}

test('nothing is unusual before enough is known', () => {
  expect(unusualNorm(learned(1, 1, 1), 4, Math.log(1000))).toBeNull();
});

test('a length far from the others is unusual, whichever way, and only for its number of microbatches', () => {
  const bounds = learned(1, 1.1, 0.9, 1.05, 0.95, 1, 1.2, 0.8, 1, 1);
  expect(unusualNorm(bounds, 4, Math.log(2.5))).toBeNull();
  expect(unusualNorm(bounds, 4, Math.log(50))).toBeCloseTo(50);
  expect(unusualNorm(bounds, 4, Math.log(1 / 50))).toBeCloseTo(50);
  expect(unusualNorm(bounds, 8, Math.log(50))).toBeNull();
});

test('a gradient of zeros is unusual', () => {
  expect(unusualNorm(learned(1, 1, 1, 1, 1, 1, 1, 1, 1), 4, Math.log(0))).toBe(Number.POSITIVE_INFINITY);
});

test('a minority of strange lengths moves nothing, and lengths that scatter widen the bounds', () => {
  const bounds = learned(1, 1, 1, 1, 1, 1, 1, 1e6, 1e6, 1e6);
  expect(unusualNorm(bounds, 4, Math.log(50))).not.toBeNull();
  expect(unusualNorm(learned(0.1, 1, 10, 0.3, 3, 1, 0.2, 5, 1, 8), 4, Math.log(50))).toBeNull();
});

test('it forgets what was long ago', () => {
  const bounds = learned(...Array.from({ length: 20 }, () => 1));
  for (let i = 0; i < 64; i += 1) noteNorm(bounds, 4, Math.log(100));
  expect(unusualNorm(bounds, 4, Math.log(100))).toBeNull();
  expect(unusualNorm(bounds, 4, 0)).not.toBeNull();
});
