import { describe, expect, test } from 'vitest';
import {
  firstStepOf,
  leafCount,
  leafRange,
  leavesOfStep,
  piecesOfLeaves,
  type RunShape,
  samplesOfLeaves,
  samplesOfStep,
  stepsOfEpoch,
  totalSteps,
} from './position.ts';

/** Every leaf of a run, in order: its place in the stream and its pieces of epochs' orders. */
function* leavesOfRun(shape: RunShape) {
  for (let step = 0; step < totalSteps(shape); step += 1) {
    for (let leaf = 0; leaf < leavesOfStep(shape, step); leaf += 1) {
      const range = samplesOfLeaves(shape, step, leaf, leaf + 1);
      yield { step, leaf, range, pieces: piecesOfLeaves(shape, step, leaf, leaf + 1) };
    }
  }
}

/** How often each place of each epoch's order is used, epoch after epoch. */
function usesOf(shape: RunShape): Uint8Array {
  const uses = new Uint8Array(shape.trainCount * shape.epochs);
  for (const { pieces, range } of leavesOfRun(shape)) {
    expect(range[1]).toBeGreaterThan(range[0]);
    for (const { epoch, from, to } of pieces) {
      for (let place = from; place < to; place += 1) uses[epoch * shape.trainCount + place]! += 1;
    }
  }
  return uses;
}

describe('steps of which every epoch begins with its own', () => {
  const shape: RunShape = { trainCount: 25, stepSamples: 10, leafSamples: 4, epochs: 3, acrossEpochs: false };

  test('the last step of an epoch and the last leaf of a step are shorter where sizes do not divide', () => {
    expect([0, 1, 2].map((epoch) => stepsOfEpoch(shape, epoch))).toEqual([3, 3, 3]);
    expect([firstStepOf(shape, 2), totalSteps(shape)]).toEqual([6, 9]);
    expect([0, 1, 2, 3, 8].map((step) => samplesOfStep(shape, step))).toEqual([
      [0, 10],
      [10, 20],
      [20, 25],
      [25, 35],
      [70, 75],
    ]);
    expect([0, 1, 2, 5].map((step) => leavesOfStep(shape, step))).toEqual([3, 3, 2, 2]);
    expect([0, 1, 2].map((leaf) => samplesOfLeaves(shape, 1, leaf, leaf + 1))).toEqual([
      [10, 14],
      [14, 18],
      [18, 20],
    ]);
    expect(samplesOfLeaves(shape, 2, 1, 2)).toEqual([24, 25]);
    expect(piecesOfLeaves(shape, 5, 0, 2)).toEqual([{ epoch: 1, from: 20, to: 25 }]);
  });

  test('every sample of an epoch is in exactly one leaf, and no leaf has samples of two epochs', () => {
    for (const trainCount of [1, 4, 7, 64, 101]) {
      for (const stepSamples of [1, 3, 16, 200]) {
        for (const leafSamples of [1, 2, 5, 16]) {
          const other = { ...shape, trainCount, stepSamples, leafSamples, epochs: 2 };
          expect(usesOf(other).every((uses) => uses === 1)).toBe(true);
          for (const { pieces, range } of leavesOfRun(other)) {
            expect(pieces).toHaveLength(1);
            expect(range[1] - range[0]).toBeLessThanOrEqual(leafSamples);
          }
        }
      }
    }
  });
});

describe('steps that follow each other across epochs', () => {
  /** 3 replicas of 4 samples. */
  const shape: RunShape = { trainCount: 25, stepSamples: 12, leafSamples: 4, epochs: 2, acrossEpochs: true };

  test('an epoch ends with the step that has its last sample, and the last step shares out what remains', () => {
    expect(totalSteps(shape)).toBe(5);
    expect([0, 1, 2].map((epoch) => firstStepOf(shape, epoch))).toEqual([0, 3, 5]);
    expect([0, 1].map((epoch) => stepsOfEpoch(shape, epoch))).toEqual([3, 2]);
    expect(samplesOfStep(shape, 2)).toEqual([24, 36]);
    expect([0, 1, 2].map((leaf) => piecesOfLeaves(shape, 2, leaf, leaf + 1))).toEqual([
      [
        { epoch: 0, from: 24, to: 25 },
        { epoch: 1, from: 0, to: 3 },
      ],
      [{ epoch: 1, from: 3, to: 7 }],
      [{ epoch: 1, from: 7, to: 11 }],
    ]);
    expect(piecesOfLeaves(shape, 2, 0, 2)).toEqual([
      { epoch: 0, from: 24, to: 25 },
      { epoch: 1, from: 0, to: 7 },
    ]);
    expect(samplesOfStep(shape, 4)).toEqual([48, 50]);
    expect(leavesOfStep(shape, 4)).toBe(2);
  });

  test('what remains for the last step is shared evenly, one sample more or less', () => {
    const last = { ...shape, trainCount: 31, epochs: 1 };
    expect(totalSteps(last)).toBe(3);
    expect([0, 1, 2].map((leaf) => samplesOfLeaves(last, 2, leaf, leaf + 1))).toEqual([
      [24, 26],
      [26, 28],
      [28, 31],
    ]);
  });

  test('every sample counts once per epoch, whatever the sizes, and a step ends at most one epoch', () => {
    for (const trainCount of [12, 13, 24, 25, 61, 64]) {
      for (const leafSamples of [1, 2, 3, 4]) {
        for (const replicas of [1, 2, 3]) {
          const stepSamples = replicas * leafSamples;
          const other: RunShape = { trainCount, stepSamples, leafSamples, epochs: 5, acrossEpochs: true };
          expect(usesOf(other).every((uses) => uses === 1)).toBe(true);
          let at = 0;
          for (const { range } of leavesOfRun(other)) {
            expect(range[0]).toBe(at);
            at = range[1];
          }
          for (let epoch = 0; epoch < other.epochs; epoch += 1) {
            expect(stepsOfEpoch(other, epoch)).toBeGreaterThan(0);
            const last = samplesOfStep(other, firstStepOf(other, epoch + 1) - 1);
            expect(last[0]).toBeLessThan((epoch + 1) * trainCount);
            expect(last[1]).toBeGreaterThanOrEqual((epoch + 1) * trainCount);
          }
        }
      }
    }
  });
});

test('an evaluation cuts a split into microbatches', () => {
  expect(leafCount(10, 4)).toBe(3);
  expect(leafRange(10, 4, 2)).toEqual([8, 10]);
  expect(leafCount(0, 4)).toBe(0);
});
