/** Samples of what is wrong with a run spec, by itself and with a data set, and of what is fitted to that. */
import type { DataFact, FittingFact, SpecFact } from '../facts/specFacts.ts';

type Told = SpecFact | DataFact | FittingFact;

const NAMES = { nearest: 'lr', known: ['lr', 'momentum'] };

export const SPEC_SAMPLES: {
  readonly [T in Told['type']]: readonly Extract<Told, { readonly type: T }>[];
} = {
  fieldInvalid: [
    { type: 'fieldInvalid', at: '', allowed: { kind: 'object', fields: ['name', 'model'] }, value: '3' },
    { type: 'fieldInvalid', at: 'optimizer.lr', allowed: { kind: 'number', above: 0 }, value: '"x"' },
    { type: 'fieldInvalid', at: 'seed', allowed: { kind: 'number' }, value: 'null' },
    { type: 'fieldInvalid', at: 'optimizer.weightDecay', allowed: { kind: 'number', least: 0 }, value: '-1' },
    {
      type: 'fieldInvalid',
      at: 'optimizer.momentum',
      allowed: { kind: 'number', least: 0, below: 1 },
      value: '1',
    },
    {
      type: 'fieldInvalid',
      at: 'schedule.gamma',
      allowed: { kind: 'number', above: 0, most: 1 },
      value: '2',
    },
    {
      type: 'fieldInvalid',
      at: 'schedule.floor',
      allowed: { kind: 'number', least: 0, most: 1 },
      value: '2',
    },
    {
      type: 'fieldInvalid',
      at: 'data.augment.rotate',
      allowed: { kind: 'number', least: 0, most: 180, unit: 'degrees' },
      value: '200',
    },
    {
      type: 'fieldInvalid',
      at: 'data.augment.elastic.sigma',
      allowed: { kind: 'number', above: 0, most: 64, unit: 'pixels' },
      value: '0',
    },
    { type: 'fieldInvalid', at: 'epochs', allowed: { kind: 'whole', least: 0, most: 1000 }, value: '-1' },
    {
      type: 'fieldInvalid',
      at: 'model.layers.0.kernel',
      allowed: { kind: 'pair', least: 1, most: 9 },
      value: '0',
    },
    { type: 'fieldInvalid', at: 'model.layers.0.bias', allowed: { kind: 'flag' }, value: '1' },
    { type: 'fieldInvalid', at: 'about', allowed: { kind: 'text', most: 400 }, value: '7' },
    { type: 'fieldInvalid', at: 'initial.sha256', allowed: { kind: 'sha256' }, value: '"abc"' },
    {
      type: 'fieldInvalid',
      at: 'schedule.unit',
      allowed: { kind: 'names', names: ['step', 'epoch'] },
      value: '7',
    },
    ...(['layers', 'numbers', 'rows', 'unitNumbers', 'extents', 'names'] as const).map(
      (of): Extract<SpecFact, { readonly type: 'fieldInvalid' }> => ({
        type: 'fieldInvalid',
        at: 'model.layers.0.weights',
        allowed: { kind: 'list', of },
        value: '7',
      }),
    ),
    {
      type: 'fieldInvalid',
      at: 'model.layers',
      allowed: { kind: 'list', of: 'layers', most: 1000 },
      value: '[]',
    },
  ],
  fieldMissing: [{ type: 'fieldMissing', at: 'model.input', known: ['input', 'layers'] }],
  modelMissing: [{ type: 'modelMissing', at: 'model' }],
  tagMissing: [{ type: 'tagMissing', at: 'optimizer.type', known: ['sgd', 'adam'] }],
  nameUnknown: [
    { type: 'nameUnknown', at: 'optimizer.type', value: '"adm"', nearest: 'adam', known: ['sgd', 'adam'] },
    { type: 'nameUnknown', at: 'optimizer.type', value: '7', nearest: null, known: ['sgd', 'adam'] },
    { type: 'nameUnknown', at: 'optimizer.type', value: '7', nearest: null, known: [] },
  ],
  objectExpected: [{ type: 'objectExpected', at: 'schedule', tag: 'type', value: '3' }],
  fieldUnknown: [
    { type: 'fieldUnknown', at: 'epoch', owner: { at: '', tag: null }, tagFirst: null, ...NAMES },
    { type: 'fieldUnknown', at: 'clip.x', owner: { at: 'clip', tag: null }, tagFirst: null, ...NAMES },
    {
      type: 'fieldUnknown',
      at: 'optimizer.momentun',
      owner: { at: 'optimizer', tag: { field: 'type', name: 'sgd' } },
      tagFirst: 'optimizer.type',
      ...NAMES,
    },
  ],
  overrideTooDeep: [{ type: 'overrideTooDeep', names: 99, most: 31 }],
  specTooDeep: [{ type: 'specTooDeep', most: 31 }],
  specTooManyValues: [{ type: 'specTooManyValues', most: 20_000 }],
  specTextTooLong: [{ type: 'specTextTooLong', most: 131_072 }],
  overrideEmpty: [{ type: 'overrideEmpty', override: 'epochs' }],
  entryUnknown: [
    { type: 'entryUnknown', at: 'model.layers.9.units', list: 'model.layers', entries: 3 },
    { type: 'entryUnknown', at: 'model.layers.0.units', list: 'model.layers', entries: 0 },
  ],
  fieldsMissing: [{ type: 'fieldsMissing', at: 'epochs.x', owner: 'epochs' }],
  initialUnnamed: [{ type: 'initialUnnamed' }],
  initialLayersTooMany: [
    { type: 'initialLayersTooMany', layers: 9, entries: 4 },
    { type: 'initialLayersTooMany', layers: 2, entries: 1 },
  ],
  initialLayersEmpty: [
    { type: 'initialLayersEmpty', layers: 1 },
    { type: 'initialLayersEmpty', layers: 2 },
  ],
  initialFreezesAll: [
    { type: 'initialFreezesAll', layers: null, entries: 4 },
    { type: 'initialFreezesAll', layers: 3, entries: 4 },
  ],
  microbatchTooLarge: [{ type: 'microbatchTooLarge', microbatch: 16, batch: 8 }],
  quorumNeedsChecks: [{ type: 'quorumNeedsChecks', quorum: 2, usual: 0.05 }],
  trimNeedsFast: [{ type: 'trimNeedsFast' }],
  trimAboveReplicas: [{ type: 'trimAboveReplicas', trim: 2, replicas: 4 }],
  roundTooLarge: [
    { type: 'roundTooLarge', replicas: 8, localSteps: 200, batch: 32, needed: 51_200, samples: 3000 },
  ],
  codingNeedsLocalSteps: [{ type: 'codingNeedsLocalSteps', coding: 'int4' }],
  codingTooManyMicrobatches: [{ type: 'codingTooManyMicrobatches', microbatches: 256, most: 127 }],
  roundsHideLies: [
    { type: 'roundsHideLies', field: 'quorum' },
    { type: 'roundsHideLies', field: 'spotCheck' },
  ],
  trimTooLarge: [{ type: 'trimTooLarge', trim: 2, microbatches: 4 }],
  tableHasNoValidation: [{ type: 'tableHasNoValidation', metric: 'validationLoss' }],
  nothingCounted: [{ type: 'nothingCounted', metric: 'validationAccuracy' }],
  nothingHeldOut: [{ type: 'nothingHeldOut', metric: 'validationAccuracy', usual: 5000 }],
  layersEmpty: [{ type: 'layersEmpty' }],
  inputAxes: [{ type: 'inputAxes', input: [28, 28] }],
  augmentNeedsImages: [{ type: 'augmentNeedsImages' }],
  presetUnknown: [{ type: 'presetUnknown', name: 'mnist-mlq', nearest: 'mnist-mlp', known: ['mnist-mlp'] }],
  presetInvalid: [{ type: 'presetInvalid', value: '7' }],
  inputMisfit: [{ type: 'inputMisfit', input: [1, 28, 28], dataSet: 'mnist', shape: [1, 20, 20] }],
  lossMisfit: [
    { type: 'lossMisfit', loss: 'mse', dataSet: 'houses', wanted: 'squared_error' },
    { type: 'lossMisfit', loss: 'squared_error', dataSet: 'mnist', wanted: 'cross_entropy' },
  ],
  tooFewOutputs: [{ type: 'tooFewOutputs', outputs: 10, dataSet: 'mnist', classes: 26 }],
  validationTooLarge: [{ type: 'validationTooLarge', validation: 50, dataSet: 'mnist', samples: 50 }],
  limitTooLarge: [{ type: 'limitTooLarge', limit: 43, dataSet: 'mnist', remaining: 42, validation: 8 }],
  localStepsFitted: [{ type: 'localStepsFitted', dataSet: 'digits', localSteps: 58 }],
  inputFitted: [{ type: 'inputFitted', dataSet: 'mnist', shape: [3, 32, 32] }],
  lossFitted: [
    { type: 'lossFitted', dataSet: 'houses', loss: 'squared_error', watched: null },
    { type: 'lossFitted', dataSet: 'houses', loss: 'squared_error', watched: 'validationLoss' },
  ],
  validationFitted: [{ type: 'validationFitted', dataSet: 'flowers', validation: 12 }],
  unitsFitted: [{ type: 'unitsFitted', dataSet: 'mnist', units: 26 }],
};
