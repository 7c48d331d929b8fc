import { expect, test } from 'vitest';
import { mergeRunSpec } from '../spec/overrides.ts';
import { findPreset } from '../spec/presets/presets.ts';
import { SpecError } from '../spec/specError.ts';
import { sentence } from '../words/sentence.ts';
import { checkStepsFit, probePieces, shapeOfRun } from './stepShape.ts';

const synchronous = mergeRunSpec(findPreset('mlp-xor'), { batch: 3, microbatch: 2 });
const local = mergeRunSpec(synchronous, { steps: { type: 'localSteps', replicas: 4, localSteps: 5 } });

test('the synchronous rule cuts a step into microbatches, and every epoch begins with a step of its own', () => {
  expect(shapeOfRun(synchronous, 4)).toEqual({
    ...{ trainCount: 4, stepSamples: 3, leafSamples: 2, epochs: synchronous.epochs, acrossEpochs: false },
  });
});

test('with local steps a leaf is the share of a replica, and steps cross epochs', () => {
  expect(shapeOfRun(local, 70)).toEqual({
    ...{ trainCount: 70, stepSamples: 60, leafSamples: 15, epochs: local.epochs, acrossEpochs: true },
  });
});

test('a step takes at most one epoch, and what does not fit is told with its figures', () => {
  expect(() => checkStepsFit(local, 60)).not.toThrow();
  expect(() => checkStepsFit(synchronous, 1)).not.toThrow();
  expect(() => checkStepsFit(local, 59)).toThrow(SpecError);
  const fact = {
    type: 'roundTooLarge',
    replicas: 4,
    localSteps: 5,
    batch: 3,
    needed: 60,
    samples: 59,
  } as const;
  expect(() => checkStepsFit(local, 59)).toThrow(sentence(fact, 'en'));
});

test('the probe is one microbatch, or as many as show what an update carries to the next', () => {
  expect(probePieces(synchronous, 100)).toEqual([{ epoch: 0, from: 0, to: 2 }]);
  expect(probePieces(local, 100)).toEqual([{ epoch: 0, from: 0, to: 4 }]);
  expect(probePieces(local, 3)).toEqual([{ epoch: 0, from: 0, to: 3 }]);
});
