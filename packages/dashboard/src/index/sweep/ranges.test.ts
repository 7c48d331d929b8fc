import type { SweepView, TrialView } from '@shoal/core';
import { expect, test } from 'vitest';
import { axesOf } from './coordinates.ts';
import { drawnRange, isKept, movedEnd, type Ranges, stopsOf, WHOLE, withRange } from './ranges.ts';

const trial = (number: number, lr: number, type: string, figure: number | null) =>
  ({ number, values: { lr, type }, figure }) as unknown as TrialView;
const table = [
  trial(1, 1, 'sgd', 0.5),
  trial(2, 2, 'adam', 0.7),
  trial(3, 5, 'sgd', 0.9),
  trial(4, 3, 'adam', null),
];
const axes = axesOf({
  fields: [
    { path: 'lr', scale: 'linear' },
    { path: 'type', scale: 'categories' },
  ],
  table,
  metric: 'validationAccuracy',
} as unknown as SweepView);
const kept = (ranges: Ranges): number[] =>
  table.filter((one) => isKept(axes, ranges, one)).map(({ number }) => number);

test('a trial is kept that crosses every axis within its range, its ends included', () => {
  expect(kept(new Map())).toEqual([1, 2, 3, 4]);
  // 1 to 5: 2 stands at a quarter, 3 in the middle.
  expect(kept(new Map([[0, { from: 0.25, to: 0.5 }]]))).toEqual([2, 4]);
  expect(kept(new Map([[1, { from: 0, to: 0.4 }]]))).toEqual([1, 3]);
  const both = new Map([
    [0, { from: 0.25, to: 1 }],
    [1, { from: 0, to: 0.4 }],
  ]);
  expect(kept(both)).toEqual([3]);
});

test('a trial without a figure is kept by no range of figures', () => {
  expect(kept(new Map([[2, { from: 0, to: 0.9 }]]))).toEqual([1, 2]);
  expect(kept(new Map([[2, { from: 0.4, to: 1 }]]))).toEqual([2, 3]);
});

test('the whole axis is no range, and a click draws none', () => {
  const one = withRange(new Map(), 1, { from: 0.2, to: 1 });
  expect([...one]).toEqual([[1, { from: 0.2, to: 1 }]]);
  expect(withRange(one, 1, WHOLE).size).toBe(0);
  expect(drawnRange(0.7, 0.3)).toEqual({ from: 0.3, to: 0.7 });
  expect(drawnRange(0.5, 4)).toEqual({ from: 0.5, to: 1 });
  expect(drawnRange(0.5, 0.51)).toBeNull();
});

test('keys move an end from trial to trial, and never past the other one', () => {
  const stops = stopsOf(axes, 0, table);
  expect(stops).toEqual([0, 0.25, 0.5, 1]);
  const moved = (range: typeof WHOLE, end: 'from' | 'to', ...keys: string[]) =>
    keys.reduce((now, key) => movedEnd(now, end, key, stops) ?? now, range);
  expect(moved(WHOLE, 'from', 'ArrowUp', 'ArrowRight')).toEqual({ from: 0.5, to: 1 });
  expect(moved(WHOLE, 'to', 'ArrowDown', 'ArrowLeft', 'ArrowDown', 'ArrowDown')).toEqual({ from: 0, to: 0 });
  expect(moved({ from: 0.25, to: 0.5 }, 'from', 'ArrowUp', 'ArrowUp')).toEqual({ from: 0.5, to: 0.5 });
  expect(moved({ from: 0.25, to: 0.5 }, 'to', 'End')).toEqual({ from: 0.25, to: 1 });
  expect(moved({ from: 0.25, to: 0.5 }, 'to', 'Home')).toEqual({ from: 0.25, to: 0.25 });
  expect(movedEnd(WHOLE, 'from', 'Tab', stops)).toBeNull();
});

test('a place has the value that stands there', () => {
  const [lr, type, figure] = axes;
  expect([0, 0.25, 1].map((place) => lr?.textAt(place))).toEqual(['1', '2', '5']);
  expect([0, 0.4, 1].map((place) => type?.textAt(place))).toEqual(['sgd', 'sgd', 'adam']);
  expect(figure?.textAt(0.5)).toBe('0.7');
});
