import { describe, expect, it } from 'vitest';
import type { WorkerTimes } from '../../news/news.ts';
import { StepClock } from './stepTimes.ts';

const sumOf = (times: WorkerTimes): number => Object.values(times).reduce((sum, ms) => sum + ms, 0);

describe('the times of a step', () => {
  it('divide a step of two workers into parts that add up for each', () => {
    const clock = new StepClock(100);
    clock.granted(1, 11, 102);
    clock.granted(2, 12, 105);
    clock.granted(1, 13, 106);
    clock.answered(11, 20, 125);
    clock.answered(13, 14, 140);
    clock.answered(12, 40, 150);
    clock.complete(151);
    const { stepMs, begunAt, workers } = clock.end(156);
    expect([stepMs, begunAt]).toEqual([56, 102]);
    // Busy from 102 to 140, of which 34 ms were computing; then nothing to do until the other was done.
    expect(workers.get(1)).toEqual({
      computeMs: 34,
      parametersMs: 2,
      travelMs: 4,
      leasesMs: 11,
      updateMs: 5,
    });
    expect(workers.get(2)).toEqual({ computeMs: 40, parametersMs: 5, travelMs: 5, leasesMs: 1, updateMs: 5 });
    for (const times of workers.values()) expect(sumOf(times)).toBe(stepMs);
  });

  it('count a lease without an answer until the step is complete, and nothing of it in the next step', () => {
    const clock = new StepClock(0);
    clock.granted(1, 1, 1);
    clock.granted(2, 2, 1);
    clock.granted(2, 3, 30);
    clock.answered(2, 20, 25);
    clock.answered(3, 10, 45);
    clock.complete(45);
    const { workers } = clock.end(50);
    expect(workers.get(1)).toEqual({ computeMs: 0, parametersMs: 1, travelMs: 44, leasesMs: 0, updateMs: 5 });
    expect(workers.get(2)).toEqual({ computeMs: 30, parametersMs: 1, travelMs: 9, leasesMs: 5, updateMs: 5 });
    clock.answered(1, 70, 71);
    clock.granted(2, 4, 51);
    clock.answered(4, 9, 61);
    clock.complete(61);
    const next = clock.end(62);
    expect(next.stepMs).toBe(12);
    expect([...next.workers.keys()]).toEqual([2]);
  });

  it('add up what the coordinator was busy with', () => {
    const clock = new StepClock(0);
    clock.spent('send', 2);
    clock.spent('send', 3);
    clock.spent('reduce', 1);
    clock.spent('update', 4);
    expect(clock.end(20).coordinator).toEqual({
      sendMs: 5,
      receiveMs: 0,
      reduceMs: 1,
      updateMs: 4,
      checkpointMs: 0,
    });
    expect(clock.end(30).coordinator.sendMs).toBe(0);
  });
});
