import { columnsOf, type EpochRecord, emptyColumns } from '@shoal/core';
import { expect, test } from 'vitest';
import { curvesCsv } from './curvesCsv.ts';

/** Of what a run trains, only what it says of an accuracy matters here. */
const CLASSES = { model: { input: [1], layers: [], loss: 'cross_entropy' } } as const;
const NUMBERS = { model: { ...CLASSES.model, loss: 'squared_error' } } as const;
const RATES = { learningRate: 0.1, gradientNorm: 2, samplesPerSecond: 50 };
const EPOCH: EpochRecord = {
  ...{ epoch: 1, trainLoss: 0.5, trainAccuracy: 0.75, trainErrors: 8, improved: true },
  ...{ validationLoss: null, validationAccuracy: null, learningRate: 0.1, seconds: 2, samplesPerSecond: 60 },
  layerNorms: [
    { layer: 'dense 1', norm: 3 },
    { layer: 'a "b", c', norm: 4 },
  ],
};

test('steps come first, then epochs, under the names that they have everywhere', () => {
  const steps = columnsOf([
    { globalStep: 1, loss: 1e-7, ...RATES },
    { globalStep: 2, loss: Number.NaN, ...RATES },
  ]);
  expect(curvesCsv(CLASSES, steps, [EPOCH]).split('\r\n')).toEqual([
    'globalStep,loss,learningRate,gradientNorm,samplesPerSecond,epoch,trainLoss,trainAccuracy,trainErrors,validationLoss,' +
      'validationAccuracy,seconds,bytes,blockBytes,gradientNorm of dense 1,"gradientNorm of a ""b"", c"',
    '1,1e-7,0.1,2,50,,,,,,,,,,,',
    '2,,0.1,2,50,,,,,,,,,,,',
    ',,0.1,,60,1,0.5,0.75,8,,,2,,,3,4',
    '',
  ]);
});

test('a run that has done nothing yet is a line of names', () => {
  expect(curvesCsv(CLASSES, emptyColumns(), [])).toMatch(/^globalStep,.*blockBytes\r\n$/);
});

test('a run that predicts a number has no accuracy', () => {
  const [names = '', values = ''] = curvesCsv(NUMBERS, emptyColumns(), [EPOCH]).split('\r\n');
  const cell = (name: string): string | undefined => values.split(',')[names.split(',').indexOf(name)];
  expect(['trainLoss', 'trainAccuracy', 'trainErrors', 'validationAccuracy'].map(cell)).toEqual([
    '0.5',
    '',
    '',
    '',
  ]);
});
