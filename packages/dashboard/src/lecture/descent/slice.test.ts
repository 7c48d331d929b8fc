import { expect, test } from 'vitest';
import { reachOf, sliceThrough, spotOf } from './slice.ts';

const vector = (...values: number[]): Float32Array => Float32Array.from(values);

test('the plane passes through the beginning and both ends', () => {
  const slice = sliceThrough(vector(1, 1, 1), vector(4, 1, 1), vector(1, 5, 1));
  expect(spotOf(slice, vector(1, 1, 1))).toEqual([0, 0]);
  expect(spotOf(slice, vector(4, 1, 1))[0]).toBeCloseTo(3, 6);
  const [x, y] = spotOf(slice, vector(1, 5, 1));
  expect(Math.hypot(x, y)).toBeCloseTo(4, 6);
  // What is off the plane has the place below it.
  expect(spotOf(slice, vector(4, 1, 9))[0]).toBeCloseTo(3, 6);
});

test('the square has all spots and room around them', () => {
  const { x, y } = reachOf([
    [0, 0],
    [10, 2],
  ]);
  expect(x[1] - x[0]).toBeCloseTo(y[1] - y[0], 9);
  expect(x[0]).toBeLessThan(0);
  expect(x[1]).toBeGreaterThan(10);
});
