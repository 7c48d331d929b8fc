import { expect, test } from 'vitest';
import { bytes, columns, duration, figure, grouped, percent } from './format.ts';

test('figures have four significant digits and small ones an exponent', () => {
  expect([0, 0.061234, 2.30612, 1234.5, 1.2e-7].map(figure)).toEqual([
    '0',
    '0.06123',
    '2.306',
    '1235',
    '1.2e-7',
  ]);
  expect(figure(Number.NaN)).toBe('NaN');
});

test('durations use the units that fit', () => {
  expect([0.4, 12.34, 187, 3720].map(duration)).toEqual(['0.40 s', '12.3 s', '3 min 07 s', '1 h 02 min']);
});

test('counts, shares and sizes are readable', () => {
  expect(grouped(1234567.4)).toBe('1,234,567');
  expect(percent(0.98765)).toBe('98.77 %');
  expect([12, 1500, 2_500_000].map(bytes)).toEqual(['12 B', '1.5 kB', '2.5 MB']);
});

test('columns are aligned and nothing trails', () => {
  expect(columns([['a', 'long'], ['bcd', 'x'], ['e']])).toEqual(['a    long', 'bcd  x', 'e']);
});
