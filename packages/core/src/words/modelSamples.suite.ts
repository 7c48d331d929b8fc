/** Samples of what is wrong with a model. */
import type { ModelFact } from '../facts/modelFacts.ts';

export const MODEL_SAMPLES: {
  readonly [T in ModelFact['type']]: readonly Extract<ModelFact, { readonly type: T }>[];
} = {
  modelEmpty: [{ type: 'modelEmpty' }],
  residualEmpty: [{ type: 'residualEmpty', layer: 'residual2' }],
  lossUnknown: [{ type: 'lossUnknown', value: '"hinge"', known: ['cross_entropy', 'mse'] }],
  layerUnknown: [{ type: 'layerUnknown', number: 2, value: '"dance"', known: ['dense', 'conv2d'] }],
  initializerUnknown: [
    { type: 'initializerUnknown', layer: 'dense1', value: '"ones"', known: ['zeros', 'he'] },
  ],
  layerFieldInvalid: [
    {
      type: 'layerFieldInvalid',
      layer: 'dense1',
      field: 'units',
      part: null,
      allowed: { kind: 'whole', least: 1, most: null },
      value: '0',
    },
    {
      type: 'layerFieldInvalid',
      layer: 'conv2d1',
      field: 'kernel',
      part: 'height',
      allowed: { kind: 'whole', least: 1, most: null },
      value: '0',
    },
    {
      type: 'layerFieldInvalid',
      layer: 'max_pool2d3',
      field: 'stride',
      part: null,
      allowed: { kind: 'pair', least: 1, most: null },
      value: '[1]',
    },
    {
      type: 'layerFieldInvalid',
      layer: 'input',
      field: 'extent',
      part: 0,
      allowed: { kind: 'whole', least: 1, most: null },
      value: '0',
    },
  ],
  inputInvalid: [{ type: 'inputInvalid', value: '[2,2]' }],
  inputTooLarge: [{ type: 'inputTooLarge', shape: [3, 99999, 99999], valuesMax: 268435456 }],
  vectorExpected: [
    { type: 'vectorExpected', layer: 'dense3', from: 'conv2d2', shape: [32, 26, 26] },
    { type: 'vectorExpected', layer: 'loss', from: 'input', shape: [1, 28, 28] },
  ],
  imageExpected: [
    { type: 'imageExpected', layer: 'conv2d1', from: 'input', shape: [784] },
    { type: 'imageExpected', layer: 'conv2d3', from: 'dense2', shape: [10] },
  ],
  windowTooLarge: [
    { type: 'windowTooLarge', layer: 'max_pool2d1', from: 'input', shape: [1, 4, 4], least: [5, 5] },
  ],
  outputTooLarge: [{ type: 'outputTooLarge', layer: 'conv2d1', shape: [9, 9, 9], valuesMax: 268435456 }],
  tensorTooLarge: (['weight', 'bias', 'scale', 'shift', 'slope', 'running_mean', 'running_var'] as const).map(
    (role) => ({ type: 'tensorTooLarge', layer: 'dense1', role, shape: [9, 9], parametersMax: 268435456 }),
  ),
  shortcutMisfit: [
    {
      type: 'shortcutMisfit',
      layer: 'residual2',
      main: { name: 'dense3', shape: [3] },
      side: { name: 'relu1', shape: [4] },
      identity: true,
    },
    {
      type: 'shortcutMisfit',
      layer: 'residual2',
      main: { name: 'dense3', shape: [3] },
      side: { name: 'dense4', shape: [4] },
      identity: false,
    },
  ],
  oneOutputExpected: [{ type: 'oneOutputExpected', loss: 'squared_error', outputs: 10 }],
  biasesUnused: [{ type: 'biasesUnused', layer: 'dense1' }],
  biasesInvalid: [{ type: 'biasesInvalid', layer: 'dense1', units: 3, value: '[1]' }],
  weightRowsInvalid: [{ type: 'weightRowsInvalid', layer: 'dense1', units: 3 }],
  weightRowInvalid: [
    {
      type: 'weightRowInvalid',
      layer: 'dense1',
      unit: 0,
      from: 'input',
      shape: [2],
      inputs: 2,
      value: '[1]',
    },
  ],
};
