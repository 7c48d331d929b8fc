import { expect, test } from 'vitest';
import { Allowance } from './allowance.ts';

test('an allowance is spent, fills up with time and by reward, and never beyond its most', () => {
  const allowance = new Allowance({ perSecond: 10, most: 3, now: 0 });
  const spend = (now: number, times: number) => Array.from({ length: times }, () => allowance.spend(now));
  expect(spend(0, 4)).toEqual([true, true, true, false]);
  expect(spend(100, 2)).toEqual([true, false]);
  allowance.add(2);
  expect(spend(100, 3)).toEqual([true, true, false]);
  expect(spend(60_000, 4)).toEqual([true, true, true, false]);
  // A clock that goes back gives nothing and takes nothing.
  expect(spend(0, 1)).toEqual([false]);
});
