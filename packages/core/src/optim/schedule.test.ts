import { describe, expect, test } from 'vitest';
import { learningRateFactor } from './schedule.ts';

describe('learningRateFactor', () => {
  test('stays at 1 when constant, and rises evenly through the warm-up', () => {
    expect(learningRateFactor({ type: 'constant', warmup: 0 }, 7, 1, 100)).toBe(1);
    const warm = { type: 'constant', warmup: 4 } as const;
    expect([0, 1, 2, 3, 4].map((t) => learningRateFactor(warm, t, 0, 100))).toEqual([0.25, 0.5, 0.75, 1, 1]);
  });

  test('falls by gamma every few steps or epochs', () => {
    const bySteps = { type: 'step', every: 3, gamma: 0.5, unit: 'step', warmup: 0 } as const;
    expect([0, 2, 3, 5, 6].map((t) => learningRateFactor(bySteps, t, 0, 100))).toEqual([
      1, 1, 0.5, 0.5, 0.25,
    ]);
    const byEpochs = { ...bySteps, unit: 'epoch' } as const;
    expect(learningRateFactor(byEpochs, 90, 4, 100)).toBe(0.5);
  });

  test('falls exponentially, for many steps without losing its digits', () => {
    const schedule = { type: 'exponential', gamma: 0.999, unit: 'step', warmup: 0 } as const;
    expect(learningRateFactor(schedule, 0, 0, 1)).toBe(1);
    expect(learningRateFactor(schedule, 2, 0, 1)).toBe(0.999 * 0.999);
    expect(learningRateFactor(schedule, 5000, 0, 1) / 0.999 ** 5000).toBeCloseTo(1, 12);
  });

  test('falls as one over the root of t + 1', () => {
    const schedule = { type: 'inverse_sqrt', unit: 'epoch', warmup: 0 } as const;
    expect([0, 3, 8].map((epoch) => learningRateFactor(schedule, 500, epoch, 1))).toEqual([1, 1 / 2, 1 / 3]);
  });

  test('follows half a cosine from 1 to the floor and stays there', () => {
    const schedule = { type: 'cosine', steps: null, floor: 0.1, warmup: 0 } as const;
    expect(learningRateFactor(schedule, 0, 0, 100)).toBe(1);
    expect(learningRateFactor(schedule, 50, 0, 100)).toBeCloseTo(0.55, 14);
    expect(learningRateFactor(schedule, 100, 0, 100)).toBeCloseTo(0.1, 14);
    expect(learningRateFactor({ ...schedule, steps: 20 }, 90, 0, 100)).toBeCloseTo(0.1, 14);
    expect(learningRateFactor({ ...schedule, steps: 0 }, 0, 0, 100)).toBeCloseTo(0.1, 14);
  });

  test('warm-up multiplies whatever the schedule says', () => {
    const schedule = { type: 'inverse_sqrt', unit: 'step', warmup: 8 } as const;
    expect(learningRateFactor(schedule, 3, 0, 1)).toBe(0.5 * 0.5);
  });
});
