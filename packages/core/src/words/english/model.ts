/** Why the layers of a model do not fit together, in English. */
import type { ModelFact } from '../../facts/modelFacts.ts';
import { shapeText } from '../../nn/shapeText.ts';
import { type Wording, worded } from '../wording.ts';
import { allowedInEnglish } from './allowed.ts';

/** `input` and `loss` are no layers. */
const named = (layer: string): string => (layer === 'input' || layer === 'loss' ? `the ${layer}` : layer);

type Misfit = { readonly layer: string; readonly from: string; readonly shape: readonly number[] };

const misfit = ({ layer, from, shape }: Misfit, expects: string, wayOut: string): string =>
  `${named(layer)} expects ${expects} but ${named(from)} gives ${shapeText(shape)}: ${wayOut}.`;

const fieldOf = ({ field, part }: Extract<ModelFact, { type: 'layerFieldInvalid' }>): string =>
  part === null ? field : `${field} ${part}`;

export const MODEL_ENGLISH: Wording<ModelFact> = {
  modelEmpty: () => 'the model has no layers: write at least one, such as {"type":"dense","units":10}.',
  residualEmpty: ({ layer }) => `${layer} has no layers: a residual block needs at least one.`,
  lossUnknown: ({ value, known }) => `unknown loss ${value}: use ${oneOf(known)}.`,
  layerUnknown: ({ number, value, known }) =>
    `layer ${number} has the unknown type ${value}: use ${oneOf(known)}.`,
  initializerUnknown: ({ layer, value, known }) =>
    `${layer}: unknown initializer ${value}: use ${oneOf(known)}.`,
  layerFieldInvalid: (fact) =>
    `${named(fact.layer)}: ${fieldOf(fact)} must be ${allowedInEnglish(fact.allowed)}, not ${fact.value}.`,
  inputInvalid: ({ value }) => `the input must be [features] or [channels, height, width], not ${value}.`,
  inputTooLarge: ({ shape, valuesMax }) =>
    `the input ${shapeText(shape)} has more than ${valuesMax} values: make the samples smaller.`,
  vectorExpected: (fact) =>
    misfit(
      fact,
      'a vector',
      fact.layer === 'loss'
        ? 'end the model with flatten and a dense layer'
        : 'put a flatten layer between them',
    ),
  imageExpected: (fact) =>
    misfit(
      fact,
      'an image [channels, height, width]',
      fact.from === 'input'
        ? 'write the input as [channels, height, width], or use dense layers'
        : `put ${fact.layer} before the layer that makes a vector`,
    ),
  windowTooLarge: (fact) =>
    misfit(
      fact,
      `an image of at least ${fact.least.join(' by ')}`,
      'use a smaller window, more padding or fewer pooling layers',
    ),
  outputTooLarge: ({ layer, shape, valuesMax }) =>
    `${layer} gives ${shapeText(shape)}, more than ${valuesMax} values a sample: use fewer filters or a larger stride.`,
  tensorTooLarge: ({ layer, role, shape, parametersMax }) =>
    `${layer}: a ${role} of ${shapeText(shape)} makes the model larger than ${parametersMax} parameters: use fewer units or filters, or pool before it.`,
  shortcutMisfit: ({ layer, main, side, identity }) =>
    `${layer} adds ${named(main.name)}, which gives ${shapeText(main.shape)}, and ` +
    `${identity ? `the identity shortcut from ${named(side.name)}` : side.name}, which gives ${shapeText(side.shape)}: ` +
    'make the shapes equal, for example with a conv2d of kernel 1 or a dense layer in the shortcut.',
  oneOutputExpected: ({ loss, outputs }) =>
    `The loss ${loss} holds one number against one output, but the model has ${outputs} outputs: give the last dense layer 1 unit.`,
  biasesUnused: ({ layer }) => `${layer}: biases are given but bias is false: leave one of the two out.`,
  biasesInvalid: ({ layer, units, value }) => `${layer}: biases must be ${units} numbers, not ${value}.`,
  weightRowsInvalid: ({ layer, units }) => `${layer}: weights must be ${units} rows, one for each unit.`,
  weightRowInvalid: ({ layer, unit, from, shape, inputs, value }) =>
    `${layer}: weights of unit ${unit} (${named(from)} gives ${shapeText(shape)}) must be ${inputs} numbers, not ${value}.`,
};

/** `zeros, uniform, glorot or he` */
const oneOf = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;

export const modelInEnglish = (fact: ModelFact): string => worded(MODEL_ENGLISH, fact);
