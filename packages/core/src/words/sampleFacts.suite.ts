/** At least one fact of every type, with the figures that a run could have. A type without one does not compile. */
import type { FactOf, FactType } from '../facts/fact.ts';
import { CONNECTION_SAMPLES } from './connectionSamples.suite.ts';
import { FILE_SAMPLES } from './fileSamples.suite.ts';
import { MODEL_SAMPLES } from './modelSamples.suite.ts';
import { SERVICE_SAMPLES } from './serviceSamples.suite.ts';
import { SPEC_SAMPLES } from './specSamples.suite.ts';

const NUMBERS = { epochs: 3, trainLoss: 2.3, guessing: 2.3 };
const SEEN = { epoch: 9, metric: 'validationLoss', waited: 3, best: { epoch: 6, value: 0.0712 } } as const;

export const SAMPLE_FACTS: { readonly [T in FactType]: readonly FactOf<T>[] } = {
  text: [{ type: 'text', text: '9.' }],
  ...CONNECTION_SAMPLES,
  ...SERVICE_SAMPLES,
  ...FILE_SAMPLES,
  ...MODEL_SAMPLES,
  ...SPEC_SAMPLES,
  problemAt: [{ type: 'problemAt', place: 'runs.yaml', problem: { type: 'layersEmpty' } }],
  sweepName: [{ type: 'sweepName', value: '"A b"', most: 40 }],
  sweepVariesNothing: [{ type: 'sweepVariesNothing' }],
  sweepFieldsMost: [{ type: 'sweepFieldsMost', fields: 20, most: 16 }],
  sweepValuesEmpty: [{ type: 'sweepValuesEmpty', at: 'optimizer.lr' }],
  sweepValuesExpected: [{ type: 'sweepValuesExpected', at: 'optimizer.lr', value: '3' }],
  sweepValueTwice: [{ type: 'sweepValueTwice', at: 'batch', value: '32' }],
  sweepRangeOrder: [{ type: 'sweepRangeOrder', at: 'optimizer.lr', from: 1, to: 0.1 }],
  sweepLogRange: [{ type: 'sweepLogRange', at: 'optimizer.lr', from: 0 }],
  sweepWholeRange: [{ type: 'sweepWholeRange', at: 'batch', from: 1.5, to: 3 }],
  sweepRangeInGrid: [{ type: 'sweepRangeInGrid', at: 'optimizer.lr' }],
  sweepTooManyTrials: [{ type: 'sweepTooManyTrials', trials: 2000, most: 1000 }],
  sweepTooFewValues: [
    { type: 'sweepTooFewValues', trials: 20, distinct: 4 },
    { type: 'sweepTooFewValues', trials: 20, distinct: 1 },
  ],
  sweepEpochs: [{ type: 'sweepEpochs', least: 9, most: 3 }],
  sweepVariesEpochs: [{ type: 'sweepVariesEpochs' }],
  sweepMetricMissing: [
    { type: 'sweepMetricMissing', metric: 'validationLoss', why: 'noValidation' },
    { type: 'sweepMetricMissing', metric: 'trainAccuracy', why: 'noClasses' },
  ],
  targetReached: [{ type: 'targetReached', epoch: 3, metric: 'trainErrors', value: 0, target: 0 }],
  patienceOver: [
    { type: 'patienceOver', ...SEEN, minimumImprovement: 0.0005 },
    {
      type: 'patienceOver',
      ...SEEN,
      metric: 'validationAccuracy',
      minimumImprovement: 0,
      best: null,
      waited: 1,
    },
  ],
  improved: [{ type: 'improved', epoch: 2, metric: 'trainLoss', value: 0.12345678 }],
  notImproved: [{ type: 'notImproved', ...SEEN, minimumImprovement: 0, patience: 5 }],
  nothingToTrain: [{ type: 'nothingToTrain' }],
  epochsDone: [1, 12].map((epochs) => ({ type: 'epochsDone', epochs })),
  diverged: [{ type: 'diverged', epoch: 1, step: 17, learningRate: 10 }],
  notSeparable: [{ type: 'notSeparable', table: 'xor' }],
  learnedNothing: [
    { type: 'learnedNothing', ...NUMBERS },
    { type: 'learnedNothing', ...NUMBERS, epochs: 1 },
  ],
  overshot: [{ type: 'overshot', ...NUMBERS, worst: 400, learningRate: 10 }],
  gradientVanished: [
    {
      type: 'gradientVanished',
      ...NUMBERS,
      last: { layer: 'dense18', norm: 0.3 },
      first: { layer: 'dense2', norm: 1e-7 },
    },
  ],
  stillFalling: [
    {
      type: 'stillFalling',
      first: { epoch: 1, trainLoss: 2.3 },
      last: { epoch: 3, trainLoss: 2.1 },
      learningRate: 0.0001,
    },
  ],
  overfitted: [
    {
      type: 'overfitted',
      bestEpoch: 2,
      validationLoss: { best: 0.6, last: 0.8 },
      trainLoss: { best: 0.5, last: 0.1 },
      trainAccuracy: 1,
      validationAccuracy: 0.86,
    },
  ],
};
