import { expect, test } from 'vitest';
import { wakefulClock } from './wakefulClock.ts';

test('goes on while the machine sleeps, and never back when the clock on the wall is set', () => {
  let steady = 100.5;
  let wall = 1_000;
  const clock = wakefulClock(
    () => steady,
    () => wall,
  );
  expect(clock()).toBe(0);
  steady += 50.25;
  wall += 50;
  expect(clock()).toBe(50.25);
  // Asleep for ten seconds.
  steady += 1;
  wall += 10_001;
  expect(clock()).toBeGreaterThanOrEqual(10_049);
  const before = clock();
  wall -= 60_000;
  steady += 5;
  expect(clock()).toBe(before + 5);
});
