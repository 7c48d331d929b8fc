import { describe, expect, it } from 'vitest';
import { ASSUMED_FLOPS, type Circumstances, crowdOf } from './crowd.ts';

const ASSUMED = { upBitsPerSecond: 10e6, downBitsPerSecond: 50e6, rttSeconds: 0.03 };

const worker = (speed: number, local: boolean): Circumstances['workers'][number] => ({
  ...{ speed, local },
  ...{ upBitsPerSecond: null, downBitsPerSecond: null, rttMs: null },
});

const crowd = (parts: Partial<Circumstances> = {}) =>
  crowdOf({
    ...{ flopsPerSample: 1e6, workers: [], measuredFlops: null, remoteWorkers: 0, assumedLine: ASSUMED },
    ...parts,
  });

describe('who would take part', () => {
  it('is one ordinary worker of this machine where nothing is known', () => {
    expect(crowd()).toEqual({
      participants: [{ samplesPerSecond: ASSUMED_FLOPS / 1e6, line: null }],
      measured: false,
    });
  });

  it('has measured speeds, scaled from the model with which they were measured', () => {
    const { participants, measured } = crowd({
      workers: [worker(1000, true), worker(3000, true), worker(0, true)],
      measuredFlops: 2e6,
    });
    // 1,000 samples a second of 2 MFLOP are 2,000 a second of 1 MFLOP; who has no speed yet is like the others.
    expect(participants.map(({ samplesPerSecond }) => samplesPerSecond)).toEqual([2000, 6000, 4000]);
    expect(measured).toBe(true);
  });

  it('has measured lines, and assumed ones where nothing was measured', () => {
    const far = { ...worker(0, false), upBitsPerSecond: 1e6, rttMs: 50 };
    expect(crowd({ workers: [worker(0, true), far] }).participants.map(({ line }) => line)).toEqual([
      null,
      { upBitsPerSecond: 1e6, downBitsPerSecond: 50e6, rttSeconds: 0.05 },
    ]);
  });

  it('counts those that are to come beside those that are here, but nobody twice', () => {
    const workers = [worker(0, true), worker(0, false), worker(0, false)];
    const sizes = [0, 1, 2, 3, 5].map(
      (remoteWorkers) => crowd({ workers, remoteWorkers }).participants.length,
    );
    expect(sizes).toEqual([3, 3, 3, 4, 6]);
  });
});
