import { expect, test } from 'vitest';
import { reasonOf } from './reason.ts';

test('the reason of an error is its message, of anything else the thing as text', () => {
  expect(reasonOf(new RangeError('It is too large.'))).toBe('It is too large.');
  expect(reasonOf('a string')).toBe('a string');
  expect(reasonOf(undefined)).toBe('undefined');
});
