import { expect, test } from 'vitest';
import { isWorthAsking } from './worthAsking.ts';

test('a page asks while somebody looks, before it has joined and as long as it is connected', () => {
  expect(isWorthAsking(false, undefined)).toBe(true);
  expect(isWorthAsking(false, 'working')).toBe(true);
  expect(isWorthAsking(true, 'working')).toBe(false);
});

test('a coordinator that is gone is not asked', () => {
  expect(isWorthAsking(false, 'reconnecting')).toBe(false);
  expect(isWorthAsking(false, 'ended')).toBe(false);
});
