import { expect, test } from 'vitest';
import { advanced, rateOf, reachOf } from './pace.ts';
import { Recording } from './recordings.ts';
import { READER } from './specs.ts';

const NO_OUTCOME = { state: 'finished', deliveredEpoch: 1, testLoss: 0, testAccuracy: 1 } as const;

/** So many steps are recorded of as many as the run has; `over` where it ended after them. */
function recorded(steps: number, of: number, over = false): Recording {
  const recording = new Recording(READER, null);
  recording.hear({ type: 'begun', id: 1, steps: of, stepsPerEpoch: 10 });
  recording.hear({ type: 'part', id: 1, part: { losses: Array(steps).fill(1), epochs: [], states: [] } });
  const outcome = { ...NO_OUTCOME, steps, parameters: new Float32Array(0), parametersSha256: '' };
  if (over) recording.hear({ type: 'over', id: 1, outcome });
  return recording;
}

test('each pace has its rate', () => {
  expect(rateOf('slowest', 700)).toBe(2);
  expect(rateOf('slow', 700)).toBe(20);
  expect(rateOf('quick', 700)).toBe(100);
  expect(rateOf('fast', 700)).toBe(Number.POSITIVE_INFINITY);
});

test('the picture moves by time and rate, and never beyond what is recorded', () => {
  expect(advanced(10, 20, 0.5, 100)).toBe(20);
  expect(advanced(95, 20, 0.5, 100)).toBe(100);
  expect(advanced(10, Number.POSITIVE_INFINITY, 0, 64)).toBe(64);
  expect(advanced(100, 20, 0.5, 100)).toBe(100);
});

test('runs that are shown together reach as far as the slowest of those that go on', () => {
  expect(reachOf([recorded(30, 100), recorded(50, 100)])).toEqual({ end: 100, recorded: 30 });
  expect(reachOf([recorded(100, 100, true), recorded(50, 100)])).toEqual({ end: 100, recorded: 50 });
  expect(reachOf([recorded(60, 60, true), recorded(100, 100, true)])).toEqual({ end: 100, recorded: 100 });
  // Stopped early: its end is where it stopped.
  expect(reachOf([recorded(40, 100, true)])).toEqual({ end: 40, recorded: 40 });
  expect(reachOf([new Recording(READER, null)])).toEqual({ end: 1, recorded: 0 });
});
