import { columnsOf, type EpochRecord, emptyColumns } from '@shoal/core';
import { expect, test } from 'vitest';
import { curvesCsv } from './curvesCsv.ts';

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
  expect(curvesCsv(steps, [EPOCH]).split('\r\n')).toEqual([
    'globalStep,loss,learningRate,gradientNorm,samplesPerSecond,epoch,trainLoss,trainAccuracy,trainErrors,validationLoss,' +
      'validationAccuracy,seconds,bytes,blockBytes,gradientNorm of dense 1,"gradientNorm of a ""b"", c"',
    '1,1e-7,0.1,2,50,,,,,,,,,,,',
    '2,,0.1,2,50,,,,,,,,,,,',
    ',,0.1,,60,1,0.5,0.75,8,,,2,,,3,4',
    '',
  ]);
});

test('a run that has done nothing yet is a line of names', () => {
  expect(curvesCsv(emptyColumns(), [])).toMatch(/^globalStep,.*blockBytes\r\n$/);
});
