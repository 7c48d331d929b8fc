import { expect, test } from 'vitest';
import { ClockGap } from './clockGap.ts';

test('a beat that stays away for long is a gap, once; a late one is none', () => {
  const gap = new ClockGap();
  const beats = [0, 1_000, 2_500, 12_000, 13_000, 3_600_000, 3_601_000];
  expect(beats.map((at) => gap.observe(at))).toEqual([false, false, false, false, false, true, false]);
});
