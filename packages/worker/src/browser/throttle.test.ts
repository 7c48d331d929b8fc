import { describe, expect, test } from 'vitest';
import { LIMIT_MIN, limitUnder, Throttle } from './throttle.ts';

describe('the limit in force', () => {
  test.each([
    [100, false, false, 100],
    [100, true, false, 50],
    [30, true, false, 30],
    [100, false, true, 25],
    [100, true, true, 25],
    [10, true, true, 10],
    [1, false, false, LIMIT_MIN],
  ])('of %i%%, hidden %s, low battery %s, is %i%%', (chosen, hidden, lowBattery, limit) => {
    expect(limitUnder(chosen, { hidden, lowBattery })).toBe(limit);
  });
});

/** Works `workMs` at a time, rests as told, and waits `waitMs` for more work after every `lease` pieces. */
function worked(limit: number, workMs: number, lease: number, waitMs: number): number {
  const throttle = new Throttle();
  throttle.limit = limit;
  let now = 1_000;
  let busy = 0;
  const started = now;
  for (let piece = 1; piece <= 3_000; piece += 1) {
    now += throttle.restMs(now);
    throttle.begin(now);
    now += workMs;
    busy += workMs;
    if (piece % lease !== 0) continue;
    throttle.pause(now);
    now += waitMs;
  }
  return (busy / (now - started)) * 100;
}

describe('a throttled slot', () => {
  test.each([10, 25, 50, 90])(
    'works %i percent of the time, also when each lease is one microbatch',
    (limit) => {
      for (const [workMs, lease] of [
        [7, 40],
        [7, 1],
        [0.2, 3],
      ] as const) {
        expect(Math.abs(worked(limit, workMs, lease, 0) - limit)).toBeLessThan(limit / 10);
      }
    },
  );

  test('does not rest at 100%, nor for time in which there was nothing to do', () => {
    expect(worked(100, 7, 3, 0)).toBe(100);
    expect(worked(50, 10, 1, 10)).toBeCloseTo(50, 0);
    expect(worked(50, 10, 1, 30)).toBeCloseTo(25, 0);
  });

  test('never rests longer than messages can wait', () => {
    const throttle = new Throttle();
    throttle.limit = 10;
    throttle.begin(0);
    expect(throttle.restMs(60_000)).toBe(5_000);
  });
});
