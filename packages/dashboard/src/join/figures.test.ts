import { expect, test } from 'vitest';
import { bytes, percent, seconds, whole } from './figures.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1 kB'],
  [1_250, '1.3 kB'],
  [999_600, '1 MB'],
  [139_304, '139 kB'],
  [2_680_000_000, '2.7 GB'],
])('%i bytes are %s', (value, text) => {
  expect(bytes(value, 'en')).toBe(text);
});

test('parts are told with a digit more where it matters', () => {
  expect([0, 0.0123, 0.25, 0.9876, 1].map((part) => percent(part, 'en'))).toEqual([
    '0%',
    '1.2%',
    '25%',
    '98.8%',
    '100%',
  ]);
});

test('numbers follow the language', () => {
  expect(whole(12_345.6, 'en')).toBe('12,346');
  expect(whole(12_345.6, 'zh')).toBe('12,346');
  expect(seconds(1_234, 'en')).toBe('1.2');
});
