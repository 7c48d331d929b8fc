import { expect, test } from 'vitest';
import { applyOverrides, mergeRunSpec } from './overrides.ts';
import { findPreset } from './presets/presets.ts';
import { SpecError } from './specError.ts';

const mlp = findPreset('mnist-mlp');

test('values are read as JSON, else as text', () => {
  const spec = applyOverrides(mlp, [
    'epochs=3',
    'name=my run',
    'optimizer.lr=0.01',
    'model.layers.1.units=5',
  ]);
  expect(spec.epochs).toBe(3);
  expect(spec.name).toBe('my run');
  expect(spec.optimizer.lr).toBe(0.01);
  expect(spec.model.layers[1]).toEqual({ type: 'dense', units: 5 });
});

test('without overrides nothing changes', () => {
  expect(applyOverrides(mlp, [])).toEqual(mlp);
});

test('another optimizer keeps the learning rate and drops the fields it lacks', () => {
  const spec = applyOverrides(mlp, ['optimizer.lr=0.02', 'optimizer.type=momentum']);
  expect(spec.optimizer).toEqual({ type: 'momentum', lr: 0.02, momentum: 0.9, weightDecay: 0 });
});

test('another data source and layer type are set the same way', () => {
  const table = applyOverrides(mlp, ['data.source=table', 'data.table=or', 'earlyStopping=null']);
  expect(table.data).toEqual({ source: 'table', table: 'or' });
  const spec = applyOverrides(mlp, ['model.layers.2.type=leaky_relu', 'model.layers.2.slope=0.2']);
  expect(spec.model.layers[2]).toEqual({ type: 'leaky_relu', slope: 0.2 });
});

test('a field below null brings the rest with its defaults', () => {
  const spec = applyOverrides(findPreset('mnist-sgd'), ['earlyStopping.patience=7', 'clip.norm=1']);
  expect(spec.earlyStopping).toMatchObject({ metric: 'validationLoss', patience: 7, target: null });
  expect(spec.clip).toEqual({ value: null, norm: 1 });
});

test('an optional field of a layer that is not written can be set', () => {
  expect(applyOverrides(mlp, ['model.layers.1.bias=false']).model.layers[1]).toMatchObject({ bias: false });
});

test.each([
  ['optimiser.lr=1', 'did you mean "optimizer"?'],
  ['optimizer.rl=1', 'optimizer.rl is not a field of optimizer of type "adam": did you mean "lr"?'],
  ['optimizer.momentum=1', 'Set optimizer.type first to get the fields of another.'],
  ['model.layers.9.units=1', 'model.layers has the entries model.layers.0 to model.layers.5'],
  ['epochs.x=1', 'epochs.x cannot be set: epochs has no fields.'],
  ['epochs', '"epochs" sets nothing'],
  ['epochs=many', 'epochs must be a whole number from 0 to 1000000, not "many".'],
  ['optimizer.type=adamm', 'optimizer.type cannot be "adamm": did you mean "adam"?'],
])('%s is refused with a sentence', (override, sentence) => {
  expect(() => applyOverrides(mlp, [override])).toThrow(SpecError);
  expect(() => applyOverrides(mlp, [override])).toThrow(sentence);
});

test('a partial spec is merged field by field, its tags first', () => {
  const spec = mergeRunSpec(mlp, {
    epochs: 2,
    optimizer: { momentum: 0.8, type: 'nesterov' },
    clip: { norm: 1 },
  });
  expect(spec.optimizer).toEqual({ type: 'nesterov', lr: 0.001, momentum: 0.8, weightDecay: 0 });
  expect([spec.epochs, spec.clip, spec.batch]).toEqual([2, { value: null, norm: 1 }, 256]);
  expect(mergeRunSpec(mlp, { earlyStopping: null, model: { layers: [{ type: 'flatten' }] } })).toMatchObject({
    earlyStopping: null,
    model: { input: [1, 28, 28], layers: [{ type: 'flatten' }] },
  });
  expect(() => mergeRunSpec(mlp, { optimizer: { lrr: 1 } })).toThrow('did you mean "lr"?');
});

test('how much of a model to begin with is taken can be set, once it is named, and nothing of it with null', () => {
  const initial = { sha256: 'ab'.repeat(32), from: 'pretrained', layers: null, frozen: false };
  const begun = { ...mlp, initial };
  expect(applyOverrides(begun, ['initial.layers=2', 'initial.frozen=true']).initial).toEqual({
    ...{ ...initial, layers: 2, frozen: true },
  });
  expect(applyOverrides(begun, ['initial=null'])).toEqual(mlp);
  expect(mergeRunSpec(begun as typeof mlp, { initial: null })).toEqual(mlp);
  expect(() => applyOverrides(mlp, ['initial.layers=2'])).toThrow('initial names no model to begin with');
  expect(() => applyOverrides(mlp, ['initial.layer=2'])).toThrow('initial.layer is not a field of initial');
});
