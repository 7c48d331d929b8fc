import { describe, expect, it } from 'vitest';
import { ASSUMED_FLOPS, type Circumstances, estimateStep } from './estimate.ts';

const local = (speed: number) => ({ speed, local: true });
const remote = (speed: number) => ({ speed, local: false });

const here = (parts: Partial<Circumstances> = {}): Circumstances => ({
  flopsPerSample: 1e6,
  vectorLength: 250_000,
  batch: 100,
  microbatch: 10,
  workers: [],
  measuredFlops: null,
  megabitsPerSecond: 100,
  remoteWorkers: 0,
  ...parts,
});

describe('the estimate of a step', () => {
  it('takes one ordinary worker where nothing is known', () => {
    const estimate = estimateStep(here());
    expect(estimate.measured).toBe(false);
    expect(estimate.computeSeconds).toBeCloseTo(1e8 / ASSUMED_FLOPS, 12);
    expect(estimate.networkSeconds).toBe(0);
  });

  it('takes measured speeds, scaled from the model with which they were measured', () => {
    const workers = [local(1000), local(3000)];
    // 4,000 samples a second of 2 MFLOP are 8,000 a second of 1 MFLOP.
    expect(estimateStep(here({ workers, measuredFlops: 2e6 })).computeSeconds).toBeCloseTo(100 / 8000, 12);
  });

  it('sends a vector down and one up for each remote worker over one link', () => {
    const workers = [remote(1000), local(1000)];
    const one = estimateStep(here({ workers, measuredFlops: 1e6 }));
    expect(one.vectorBytes).toBe(1_000_000);
    expect(one.networkSeconds).toBeCloseTo(0.16, 12);
    const five = estimateStep(here({ workers, measuredFlops: 1e6, remoteWorkers: 5 }));
    expect(five.networkSeconds).toBeCloseTo(0.8, 12);
    expect(five.computeSeconds).toBeCloseTo(100 / 6000, 12);
    expect([one.networkDominates, five.networkDominates]).toEqual([true, true]);
  });

  it('counts no more workers than a step has microbatches', () => {
    const workers = Array.from({ length: 8 }, (_, index) => remote(index < 2 ? 500 : 100));
    const estimate = estimateStep(here({ workers, measuredFlops: 1e6, microbatch: 50 }));
    expect(estimate.microbatches).toBe(2);
    expect(estimate.usefulWorkers).toBe(2);
    expect(estimate.computeSeconds).toBeCloseTo(0.1, 12);
    expect(estimate.networkSeconds).toBeCloseTo(0.32, 12);
  });
});
