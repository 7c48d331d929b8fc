import { describe, expect, test } from 'vitest';
import {
  leafCount,
  leafRange,
  leavesOfStep,
  type RunShape,
  samplesOfLeaf,
  samplesOfStep,
  stepsPerEpoch,
  totalSteps,
} from './position.ts';

describe('the arithmetic of a run', () => {
  test('the last step and the last leaf are shorter where sizes do not divide', () => {
    const shape = { trainCount: 25, stepSamples: 10, leafSamples: 4, epochs: 3 };
    expect(stepsPerEpoch(shape)).toBe(3);
    expect(totalSteps(shape)).toBe(9);
    expect([0, 1, 2].map((s) => samplesOfStep(shape, s))).toEqual([
      [0, 10],
      [10, 20],
      [20, 25],
    ]);
    expect([0, 1, 2].map((s) => leavesOfStep(shape, s))).toEqual([3, 3, 2]);
    expect([0, 1, 2].map((leaf) => samplesOfLeaf(shape, 1, leaf))).toEqual([
      [10, 14],
      [14, 18],
      [18, 20],
    ]);
    expect(samplesOfLeaf(shape, 2, 1)).toEqual([24, 25]);
  });

  test('every sample of an epoch is in exactly one leaf, whatever the sizes', () => {
    for (const trainCount of [1, 4, 7, 64, 101]) {
      for (const stepSamples of [1, 3, 16, 200]) {
        for (const leafSamples of [1, 2, 5, 16]) {
          const shape: RunShape = { trainCount, stepSamples, leafSamples, epochs: 1 };
          const seen: number[] = [];
          for (let step = 0; step < stepsPerEpoch(shape); step += 1) {
            for (let leaf = 0; leaf < leavesOfStep(shape, step); leaf += 1) {
              const [from, to] = samplesOfLeaf(shape, step, leaf);
              expect(to - from).toBeGreaterThan(0);
              for (let i = from; i < to; i += 1) seen.push(i);
            }
          }
          expect(seen).toEqual(Array.from({ length: trainCount }, (_, i) => i));
        }
      }
    }
  });

  test('an evaluation cuts a split into microbatches', () => {
    expect(leafCount(10, 4)).toBe(3);
    expect(leafRange(10, 4, 2)).toEqual([8, 10]);
    expect(leafCount(0, 4)).toBe(0);
  });
});
