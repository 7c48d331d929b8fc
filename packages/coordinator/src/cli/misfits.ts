/** Why a delivered model cannot be evaluated on a data set: it is as it is, so that only other data or another run helps. */
import { counted, type DataSetInfo, type MisfitFact, misfitsOf, unreachable } from '@shoal/core';
import { UserError } from '../errors.ts';
import type { DeliveredModel } from './deliveredModel.ts';

/** @throws UserError that names the model, and all that does not fit */
export function checkEvaluable({ file, model }: DeliveredModel, info: DataSetInfo): void {
  const misfits = misfitsOf(model, info);
  if (misfits.length === 0) return;
  throw new UserError(
    `${file} ${misfits.map(saidOf).join('; it ')}. Point --data to data that fits it, or name another run.`,
  );
}

/** Continues a sentence that begins with the model. */
function saidOf(misfit: MisfitFact): string {
  const { dataSet } = misfit;
  switch (misfit.type) {
    case 'inputMisfit':
      return `takes samples of ${misfit.input.join(' × ')}, but those of ${dataSet} are ${misfit.shape.join(' × ')}`;
    case 'tooFewOutputs':
      return `has ${counted(misfit.outputs, 'output')}, but ${dataSet} has ${misfit.classes} classes`;
    case 'lossMisfit':
      return misfit.wanted === 'squared_error'
        ? `tells classes apart (its loss is ${misfit.loss}), but the label of ${dataSet} is a number`
        : `predicts a number (its loss is ${misfit.loss}), but ${dataSet} has classes`;
    default:
      return unreachable(misfit);
  }
}
