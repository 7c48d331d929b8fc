import { expect, test } from 'vitest';
import { tableDataSet } from '../../data/tables.ts';
import { compileModel } from '../../nn/compile.ts';
import { findPreset, presets } from './presets.ts';

test('the presets stand in the order of the lecture', () => {
  expect(presets.map((preset) => preset.name)).toEqual([
    'neuron',
    ...['perceptron-and', 'perceptron-or', 'perceptron-not', 'perceptron-xor', 'mlp-xor'],
    ...['mnist-softmax', 'mnist-mlp', 'mnist-cnn', 'mnist-best', 'mnist-square-error'],
    ...['mnist-deep-sigmoid', 'mnist-deep-relu', 'mnist-prelu'],
    ...['mnist-lr-too-small', 'mnist-lr-too-large', 'mnist-inverse-sqrt'],
    ...['mnist-sgd', 'mnist-momentum', 'mnist-adagrad', 'mnist-rmsprop', 'mnist-adam'],
    ...['mnist-overfit', 'mnist-early-stopping', 'mnist-dropout', 'mnist-weight-decay'],
    ...['mnist-augmented', 'mnist-5000-samples', 'mnist-more-data'],
    ...['mnist-cnn-slow-line', 'mnist-mlp-slow-line'],
    ...['fashion-mnist', 'cifar10-residual', 'houses'],
  ]);
});

test.each(presets)('$name compiles, fits its data and says what it shows', (preset) => {
  const model = compileModel(preset.model);
  expect(preset.about).toMatch(/^[A-Z].*\.$/);
  if (preset.name === 'houses') {
    expect([model.inputShape, model.outputs]).toEqual([[8], 1]);
  } else if (preset.data.source === 'cifar') {
    expect([model.inputShape, model.outputs]).toEqual([[3, 32, 32], 10]);
  } else if (preset.data.source === 'table') {
    expect(model.inputShape).toEqual(tableDataSet(preset.data.table).info.shape);
    expect(model.outputs).toBe(1);
  } else {
    expect(model.inputShape).toEqual([1, 28, 28]);
    expect(model.outputs).toBe(10);
  }
});

test('the reference models have the parameters that comparisons rely on', () => {
  expect(compileModel(findPreset('mnist-mlp').model).trainableLength).toBe(669_706);
  expect(compileModel(findPreset('mnist-cnn').model).trainableLength).toBe(34_826);
  expect(findPreset('mnist-mlp')).toMatchObject({ batch: 256, microbatch: 64 });
  expect(findPreset('mnist-cnn')).toMatchObject({ batch: 256, microbatch: 32 });
});

test('presets that are compared differ only in what they show', () => {
  const task = (name: string) => {
    const { data, model, batch, microbatch, epochs, seed } = findPreset(name);
    return { data, model, batch, microbatch, epochs, seed };
  };
  for (const name of [
    'momentum',
    'adagrad',
    'rmsprop',
    'adam',
    'lr-too-small',
    'lr-too-large',
    'inverse-sqrt',
  ]) {
    expect(task(`mnist-${name}`)).toEqual(task('mnist-sgd'));
  }
});

test('an unknown preset is answered with the nearest', () => {
  expect(() => findPreset('mnist-mpl')).toThrow('did you mean "mnist-mlp"?');
});
