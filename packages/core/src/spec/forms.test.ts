import { describe, expect, it } from 'vitest';
import { formAt, LAYER_TYPES, newLayer } from './forms.ts';
import { mergeRunSpec } from './overrides.ts';
import { findPreset } from './presets/presets.ts';
import { resolveRunSpec } from './resolve.ts';

const cnn = mergeRunSpec(findPreset('mnist-cnn'), {
  earlyStopping: {},
  schedule: { type: 'cosine' },
});

describe('the form of a run spec', () => {
  it('offers the words that the schema knows', () => {
    expect(formAt(cnn, ['numerics'])?.choices).toEqual(['exact', 'fast']);
    expect(formAt(cnn, ['data', 'source'])?.choices).toEqual([
      'mnist',
      'idx',
      'pictures',
      'numpy',
      'cifar',
      'tabular',
      'digits',
      'table',
    ]);
    expect(formAt(cnn, ['optimizer', 'type'])?.choices).toEqual([
      'sgd',
      'momentum',
      'nesterov',
      'adagrad',
      'rmsprop',
      'adam',
      'adamw',
    ]);
    expect(formAt(cnn, ['model', 'loss'])?.choices).toEqual([
      'cross_entropy',
      'mse',
      'perceptron',
      'squared_error',
    ]);
    const step = mergeRunSpec(cnn, { schedule: { type: 'step' } });
    expect(formAt(step, ['schedule', 'unit'])?.choices).toEqual(['step', 'epoch']);
    expect(formAt(cnn, ['earlyStopping', 'metric'])?.choices).toHaveLength(4);
  });

  it('says what is a number, a text or a switch, and what may be left open', () => {
    const kinds = (path: string) => {
      const form = formAt(cnn, path.split('.'));
      return [form?.kind, form?.nullable];
    };
    expect(kinds('epochs')).toEqual(['number', false]);
    expect(kinds('about')).toEqual(['text', false]);
    expect(kinds('earlyStopping.restoreBest')).toEqual(['flag', false]);
    for (const open of ['data.limit', 'schedule.steps', 'clip.value', 'clip.norm', 'earlyStopping.target']) {
      expect(kinds(open), open).toEqual(['number', true]);
    }
    expect(formAt(cnn, ['optimizer', 'no such field'])).toBeNull();
  });

  it('begins each kind of layer with what the run spec takes', () => {
    for (const type of LAYER_TYPES) {
      const layers = [newLayer(type)];
      expect(resolveRunSpec({ model: { input: [1, 28, 28], layers } }).model.layers, type).toEqual(layers);
    }
    expect(newLayer('conv2d')).toEqual({ type: 'conv2d', filters: 16, kernel: 3 });
  });
});
