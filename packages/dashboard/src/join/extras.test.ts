import { expect, test } from 'vitest';
import { coresOf, defaultThreads, missingExtras } from './extras.ts';

test('what a browser withholds from a page over plain HTTP is named', () => {
  expect(missingExtras({ wakeLock: {}, getBattery: () => {}, hardwareConcurrency: 8 }, true)).toEqual([]);
  expect(missingExtras({ hardwareConcurrency: 8 }, false)).toEqual(['wakeLock', 'battery', 'relaxedSimd']);
  expect(missingExtras({}, true)).toEqual(['wakeLock', 'battery', 'cores']);
});

test('one core is left to the person, and one thread to the run', () => {
  expect([1, 2, 8].map(defaultThreads)).toEqual([1, 1, 7]);
  expect(coresOf({})).toBe(2);
  expect(coresOf({ hardwareConcurrency: 1_000 })).toBe(64);
});
