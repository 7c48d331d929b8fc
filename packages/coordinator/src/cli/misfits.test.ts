import { compileModel, type DataSetInfo, initialParameters, type LossName } from '@shoal/core';
import { expect, test } from 'vitest';
import { UserError } from '../errors.ts';
import type { DeliveredModel } from './deliveredModel.ts';
import { checkEvaluable } from './misfits.ts';

const BARS: DataSetInfo = {
  name: 'bars',
  source: 'idx',
  shape: [1, 2, 2],
  classes: 4,
  sha256: 'f'.repeat(64),
};
const RENTS: DataSetInfo = { ...BARS, name: 'rents', source: 'tabular', shape: [4], classes: 0 };

function delivered(inputs: number, units: number, loss: LossName): DeliveredModel {
  const model = compileModel({ input: [inputs], layers: [{ type: 'dense', units }], loss });
  return { file: 'model', model, parameters: initialParameters(model, 1), spec: null, dataSet: null };
}

test('a model that fits the data is evaluated', () => {
  checkEvaluable(delivered(4, 4, 'cross_entropy'), BARS);
  checkEvaluable(delivered(4, 1, 'squared_error'), RENTS);
});

test.each([
  [delivered(9, 4, 'cross_entropy'), BARS, 'model takes samples of 9, but those of bars are 1 × 2 × 2. '],
  [
    delivered(9, 2, 'cross_entropy'),
    BARS,
    'model takes samples of 9, but those of bars are 1 × 2 × 2; it has 2 outputs, but bars has 4 classes. ',
  ],
  [
    delivered(4, 1, 'cross_entropy'),
    RENTS,
    'model tells classes apart (its loss is cross_entropy), but the label of rents is a number. ',
  ],
  [
    delivered(4, 1, 'squared_error'),
    BARS,
    'model predicts a number (its loss is squared_error), but bars has classes; it has 1 output, but bars has 4 classes. ',
  ],
] as const)('one that does not is refused with a way on that evaluate has', (model, info, said) => {
  expect(() => checkEvaluable(model, info)).toThrow(
    new UserError(`${said}Point --data to data that fits it, or name another run.`),
  );
});
