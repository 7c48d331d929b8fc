/** What was changed in a preset so that it fits its data, in English. Apart from what is wrong with a spec, which workers say too. */
import type { FittingFact } from '../../facts/specFacts.ts';
import { shapeText } from '../../nn/shapeText.ts';
import type { Wording } from '../wording.ts';

export const FITTING_ENGLISH: Wording<FittingFact> = {
  localStepsFitted: ({ dataSet, localSteps }) =>
    `A replica makes ${localSteps} local steps in a round, so that a step takes no more samples than ${dataSet} has.`,
  inputFitted: ({ dataSet, shape }) =>
    `The model's input is set to ${shapeText(shape)}, the shape of ${dataSet}.`,
  lossFitted: ({ dataSet, loss, watched }) =>
    `The model's loss is set to ${loss}, as the label of ${dataSet} asks${watched === null ? '' : `, and early stopping watches ${watched}`}.`,
  validationFitted: ({ dataSet, validation }) =>
    `data.validation is set to ${validation}: ${dataSet} has too few samples to hold out more.`,
  unitsFitted: ({ dataSet, units }) =>
    units === 1
      ? `The model's last dense layer is set to 1 unit, the number that is predicted of ${dataSet}.`
      : `The model's last dense layer is set to ${units} units, one for each class of ${dataSet}.`,
};
