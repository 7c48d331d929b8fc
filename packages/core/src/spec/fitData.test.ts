import { expect, test } from 'vitest';
import type { DataSetInfo } from '../data/dataSet.ts';
import { compileModel } from '../nn/compile.ts';
import { checkModelFitsData, fitSpecToData } from './fitData.ts';
import { applyOverrides } from './overrides.ts';
import { findPreset } from './presets/presets.ts';

const info = (fields: Partial<DataSetInfo>): DataSetInfo => ({
  name: 'letters',
  source: 'idx',
  shape: [1, 28, 28],
  classes: 10,
  sha256: '',
  ...fields,
});

test('a run on MNIST is left as it is', () => {
  const spec = findPreset('mnist-mlp');
  expect(fitSpecToData(spec, info({ name: 'mnist', source: 'mnist' }), 60_000)).toEqual({
    spec,
    notices: [],
  });
});

test('digits in place of MNIST are named in the spec', () => {
  const { spec } = fitSpecToData(findPreset('mnist-mlp'), info({ name: 'digits', source: 'digits' }), 60_000);
  expect(spec.data.source).toBe('digits');
});

test('the model of a preset takes the shape and the classes of another data set', () => {
  const { spec, notices } = fitSpecToData(
    findPreset('mnist-cnn'),
    info({ shape: [3, 32, 32], classes: 26 }),
    60_000,
  );
  expect(spec.model.input).toEqual([3, 32, 32]);
  expect(spec.model.layers.at(-1)).toEqual({ type: 'dense', units: 26 });
  expect(notices).toEqual([
    { type: 'inputFitted', dataSet: 'letters', shape: [3, 32, 32] },
    { type: 'unitsFitted', dataSet: 'letters', units: 26 },
  ]);
  checkModelFitsData(compileModel(spec.model), info({ shape: [3, 32, 32], classes: 26 }));
});

test('what a preset shows on its own data is not said of other data, but what somebody wrote is', () => {
  const preset = findPreset('mnist-mlp');
  expect(fitSpecToData(preset, info({}), 60_000).spec.about).toBe('');
  const named = applyOverrides(preset, ['data.source=idx']);
  expect(fitSpecToData(named, info({}), 60_000).spec.about).toBe('');
  const digits = info({ name: 'digits', source: 'digits' });
  expect(fitSpecToData(preset, digits, 60_000).spec.about).toBe(preset.about);
  const written = { ...preset, about: 'Letters by hand.' };
  expect(fitSpecToData(written, info({}), 60_000).spec.about).toBe('Letters by hand.');
});

test('a model that somebody wrote is not changed but told what to change', () => {
  const written = applyOverrides(findPreset('mnist-mlp'), ['model.layers.1.units=40']);
  const letters = info({ shape: [1, 20, 20], classes: 26 });
  const { spec } = fitSpecToData(written, letters, 60_000);
  expect(spec.model).toEqual(written.model);
  expect(() => checkModelFitsData(compileModel(spec.model), letters)).toThrow(
    'model.input is [1, 28, 28], but the samples of letters are [1, 20, 20]: set model.input=[1,20,20].\n' +
      'The model has 10 outputs, but letters has 26 classes: give the last dense layer 26 units.',
  );
});

test('where other data stands in, a round takes no more of it than there is', () => {
  const slow = findPreset('mnist-cnn-slow-line');
  const digits = info({ name: 'digits', source: 'digits' });
  const { spec, notices } = fitSpecToData(slow, digits, 20_000);
  expect(spec.steps).toEqual({ ...slow.steps, localSteps: 58 });
  expect(notices).toEqual([{ type: 'localStepsFitted', dataSet: 'digits', localSteps: 58 }]);
  expect(8 * 58 * 32).toBeLessThanOrEqual(20_000 - 5_000);
  expect(8 * 59 * 32).toBeGreaterThan(20_000 - 5_000);
  // What somebody wrote for this very data is told that it does not fit instead.
  const own = { ...slow, data: spec.data };
  expect(fitSpecToData(own, digits, 20_000).spec.steps).toEqual(slow.steps);
});
