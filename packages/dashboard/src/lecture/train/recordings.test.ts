import type { EpochReport } from '@shoal/core';
import { expect, test } from 'vitest';
import type { KeptState } from './messages.ts';
import { Recording } from './recordings.ts';
import { READER } from './specs.ts';

const OUTCOME = {
  ...({ state: 'finished', steps: 20, deliveredEpoch: 2, testLoss: 0.5, testAccuracy: 0.9 } as const),
  ...{ parameters: Float32Array.of(3), parametersSha256: 'ab' },
};
const kept = (step: number): KeptState => ({ step, parameters: Float32Array.of(step) });
const epoch = (number: number): EpochReport => ({ epoch: number }) as EpochReport;

/** Ten steps an epoch, twenty in all, of which fifteen have come, with every fourth state. */
function begun(): Recording {
  const recording = new Recording(READER, null);
  recording.hear({ type: 'begun', id: 1, steps: 20, stepsPerEpoch: 10 });
  const first = { losses: Array(8).fill(2), epochs: [], states: [kept(0), kept(4), kept(8)] };
  recording.hear({ type: 'part', id: 1, part: first });
  const second = { losses: Array(7).fill(1), epochs: [epoch(1)], states: [kept(12)] };
  recording.hear({ type: 'part', id: 1, part: second });
  return recording;
}

test('what comes in parts is put together, and each part is told', () => {
  const recording = begun();
  expect(recording.version.value).toBe(3);
  expect(recording.length).toBe(15);
  expect(recording.done).toBe(0.75);
  expect(recording.isOver).toBe(false);
  expect(recording.losses.slice(6, 10)).toEqual([2, 2, 1, 1]);
});

test('a step is shown with the newest state that was kept up to it, and with the epochs that were complete', () => {
  const recording = begun();
  expect([0, 3, 4, 11, 12, 99].map((step) => recording.stateAt(step)?.step)).toEqual([0, 0, 4, 8, 12, 12]);
  expect([9, 10, 15].map((step) => recording.epochsAt(step).length)).toEqual([0, 1, 1]);
});

test('before anything has come there is nothing to show', () => {
  const recording = new Recording(READER, null);
  expect(recording.stateAt(0)).toBe(null);
  expect(recording.epochsAt(10)).toEqual([]);
  expect(recording.done).toBe(0);
});

test('it is over with its outcome, and with a failure, and whoever waits is told', async () => {
  const done = begun();
  done.hear({ type: 'over', id: 1, outcome: OUTCOME });
  await done.ended;
  expect([done.isOver, done.done, done.outcome?.deliveredEpoch]).toEqual([true, 1, 2]);
  const failed = begun();
  failed.hear({ type: 'failed', id: 1, reason: 'No memory' });
  await failed.ended;
  expect([failed.isOver, failed.failure, failed.outcome]).toEqual([true, 'No memory', null]);
});
