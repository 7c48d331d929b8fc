import { expect, test } from 'vitest';
import { axisAround, freeRows, lettersOf, partOf, ticksOf, tickText } from './scale.ts';

test('values have their places along an axis, even or by decades', () => {
  expect(partOf({ from: 0, to: 4 }, 1)).toBe(0.25);
  expect(partOf({ from: 1, to: 100, log: true }, 10)).toBeCloseTo(0.5, 12);
  expect([partOf({ from: 0, to: 1 }, -3), partOf({ from: 0, to: 1 }, 3)]).toEqual([0, 1]);
});

test('round numbers are written at it', () => {
  expect(ticksOf({ from: 0, to: 1 }, 5)).toEqual([0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]);
  expect(ticksOf({ from: 1e-6, to: 1, log: true }, 3)).toEqual([1e-6, 1e-3, 1]);
  expect([tickText(0.6000000000000001), tickText(-2), tickText(1e-6, true), tickText(0.1, true)]).toEqual([
    '0.6',
    '−2',
    '10⁻⁶',
    '0.1',
  ]);
});

test('an axis leaves room around its values and does without any', () => {
  expect(axisAround([1, 3, Number.NaN])).toEqual({ from: 0.9, to: 3.1 });
  expect(axisAround([])).toEqual({ from: 0, to: 1 });
});

test('names that would meet stand below each other, and others side by side', () => {
  expect(
    freeRows([
      [0, 10],
      [5, 8],
      [6, 20],
      [12, 14],
      [30, 40],
    ]),
  ).toEqual([0, 1, 2, 0, 0]);
  expect(lettersOf('stop')).toBeCloseTo(2.4);
  expect(lettersOf('停止')).toBe(2);
});
