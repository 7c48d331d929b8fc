import type { SweepView, TrialView } from '@shoal/core';
import { expect, test } from 'vitest';
import { axesOf, axisOf, placesOf, TONES, toneOf } from './coordinates.ts';

test('numbers stand where they are on their scale, equal ratios equally far apart on a logarithmic one', () => {
  const linear = axisOf({ path: 'batch', scale: 'linear' }, [10, 30, 50]);
  expect([10, 20, 50].map(linear.place)).toEqual([0, 0.25, 1]);
  const log = axisOf({ path: 'optimizer.lr', scale: 'log' }, [0.001, 0.1, 0.01]);
  expect(log.isLog).toBe(true);
  expect(log.place(0.01)).toBeCloseTo(0.5, 12);
  expect(log.place(0)).toBeNull();
  expect(log.ticks.map(({ text }) => text)).toEqual(['0.001', '0.01', '0.1']);
});

test('many numbers have few marks, one value stands in the middle', () => {
  const many = axisOf(
    { path: 'seed', scale: 'linear' },
    Array.from({ length: 100 }, (_, i) => i),
  );
  expect(many.ticks.map(({ at, text }) => [at, text])).toEqual([
    [0, '0'],
    [0.25, '24.8'],
    [0.5, '49.5'],
    [0.75, '74.3'],
    [1, '99'],
  ]);
  expect(axisOf({ path: 'seed', scale: 'linear' }, [7, 7]).place(7)).toBe(0.5);
});

test('what is no number has a place for each value, in the order of the trials', () => {
  const axis = axisOf({ path: 'optimizer.type', scale: 'categories' }, ['adam', 'sgd', 'adam', 'momentum']);
  expect(['adam', 'sgd', 'momentum', 'none'].map(axis.place)).toEqual([0, 0.5, 1, null]);
  expect(axisOf({ path: 'layers', scale: 'categories' }, [[1], [2]]).ticks.map(({ text }) => text)).toEqual([
    '[1]',
    '[2]',
  ]);
});

test('a trial crosses each axis at its value and the last one at its figure', () => {
  const trial = (number: number, lr: number, figure: number | null) =>
    ({ number, values: { lr }, figure }) as unknown as TrialView;
  const table = [trial(1, 1, 0.5), trial(2, 2, 0.7), trial(3, 3, null)];
  const axes = axesOf({
    fields: [{ path: 'lr', scale: 'linear' }],
    table,
    metric: 'validationAccuracy',
  } as unknown as SweepView);
  expect(table.map((one) => placesOf(axes, one))).toEqual([
    [0, 0],
    [0.5, 1],
    [1, null],
  ]);
});

test('colours go by rank, so that one figure far from all others does not leave these alike', () => {
  const figures = [1, 2, 3, 4, 5, 1000];
  expect(figures.map((figure) => toneOf(figure, figures, 'max'))).toEqual([0, 1, 2, 3, 4, 5]);
  expect(figures.map((figure) => toneOf(figure, figures, 'min'))).toEqual([5, 4, 3, 2, 1, 0]);
  expect(toneOf(null, figures, 'min')).toBeNull();
  expect(toneOf(3, [3], 'min')).toBe(TONES - 1);
});
