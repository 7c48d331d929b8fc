import type { EpochRecord } from '@shoal/core';
import { expect, test } from 'vitest';
import type { EndRecord } from '../../transition/model/effects.ts';
import { prepareRun } from '../preparation/prepare.ts';
import { smallData, smallSpec } from '../smallRun.suite.ts';
import { figuresOf } from './result.ts';

/** 40 training samples in batches of 13 are four steps an epoch. */
const run = prepareRun(smallSpec, smallData);

const record = (epoch: number, improved = false): EpochRecord => ({
  epoch,
  trainLoss: 1 / epoch,
  trainAccuracy: 0.5,
  trainErrors: 20,
  validationLoss: 1,
  validationAccuracy: epoch / 4,
  learningRate: 0.01,
  layerNorms: [],
  seconds: 1,
  samplesPerSecond: 40,
  improved,
});

const end = (parts: Partial<EndRecord>): EndRecord => ({
  state: 'finished',
  reason: { type: 'epochsDone', epochs: 2 },
  epochs: 2,
  steps: 8,
  bestEpoch: 2,
  testLoss: 0.9,
  testAccuracy: 0.6,
  ...parts,
});

const epochs = [record(1), record(2)];
const DONE = { type: 'epochsDone', epochs: 2 } as const;
const ENDED = { type: 'operatorFinished', epoch: 3, step: 10 } as const;

test('the figures are those of the epoch whose parameters are delivered', () => {
  expect(figuresOf(run, epochs, end({}))).toMatchObject({
    valAccuracy: 0.5,
    trainLoss: 0.5,
    testAccuracy: 0.6,
    reason: 'All 2 epochs are done.',
    facts: [DONE],
  });
});

test('parameters of a step within an epoch have no figures of the epoch before', () => {
  const ended = end({ reason: ENDED, steps: 10 });
  expect(figuresOf(run, epochs, ended)).toMatchObject({
    valAccuracy: null,
    trainLoss: null,
    testAccuracy: 0.6,
  });
  // Unless early stopping has gone back to that epoch.
  const earlyStopping = {
    metric: 'validationLoss',
    patience: 5,
    minimumImprovement: 0,
    target: null,
    restoreBest: true,
  } as const;
  const stopping = prepareRun({ ...smallSpec, earlyStopping }, smallData);
  const records = [record(1, true), record(2)];
  expect(figuresOf(stopping, records, { ...ended, bestEpoch: 1 })).toMatchObject({
    valAccuracy: 0.25,
  });
});

test('a run that was stopped shows its last whole epoch', () => {
  const stopped = end({ state: 'stopped', steps: 6, bestEpoch: 1, epochs: 1 });
  expect(figuresOf(run, [record(1)], stopped)).toMatchObject({ valAccuracy: 0.25, trainLoss: 1 });
});
