import { expect, test } from 'vitest';
import { ClockGap } from './clockGap.ts';
import { SpeedMeter } from './speedMeter.ts';

test('a beat that stays away for long is a gap, once; a late one is none', () => {
  const gap = new ClockGap();
  const beats = [0, 1_000, 2_500, 12_000, 13_000, 3_600_000, 3_601_000];
  expect(beats.map((at) => gap.observe(at))).toEqual([false, false, false, false, false, true, false]);
});

test('speed is what was answered lately, for the time in which anything was', () => {
  const meter = new SpeedMeter();
  expect(meter.perSecond(0)).toBe(0);
  for (let at = 0; at < 4_000; at += 500) meter.add(50, at);
  expect(meter.perSecond(4_000)).toBe(100);
  for (let at = 4_000; at < 60_000; at += 500) meter.add(50, at);
  expect(meter.perSecond(60_000)).toBeCloseTo(100, 0);
  expect(meter.perSecond(64_000)).toBeCloseTo(50, 0);
  expect(meter.perSecond(70_000)).toBe(0);
});
