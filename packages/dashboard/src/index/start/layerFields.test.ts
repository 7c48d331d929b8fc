import { LAYER_TYPES, newLayer, resolveRunSpec } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { inputsOf, typedPair } from './layerFields.ts';

const specWith = (layer: object) => ({ model: { input: [1, 28, 28], layers: [layer] } });

describe('the list of layers', () => {
  it('has an input for what a convolution usually says, and none for given weights', () => {
    const names = (inputsOf('conv2d') ?? []).map(({ name, kind, optional }) => [name, kind, optional]);
    expect(names).toEqual([
      ['filters', 'number', false],
      ['kernel', 'pair', false],
      ['stride', 'pair', true],
      ['padding', 'pair', true],
      ['bias', 'flag', true],
      ['initializer', 'choice', true],
    ]);
    expect((inputsOf('dense') ?? []).map(({ name }) => name)).toEqual(['units', 'bias', 'initializer']);
    expect(inputsOf('residual')).toBeNull();
  });

  it('has fields that the run spec knows, and asks for those that it wants', () => {
    const values = { number: 0.5, pair: [1, 1], flag: true, choice: { type: 'zeros' }, text: '', json: null };
    for (const type of LAYER_TYPES) {
      for (const { name, kind, optional } of inputsOf(type) ?? []) {
        const value = kind === 'number' && (name === 'units' || name === 'filters') ? 3 : values[kind];
        const layer: Record<string, unknown> = { ...newLayer(type), [name]: value };
        expect(() => resolveRunSpec(specWith(layer)), `${type}.${name}`).not.toThrow();
        delete layer[name];
        if (optional) expect(() => resolveRunSpec(specWith(layer)), `${type}.${name}`).not.toThrow();
        else expect(() => resolveRunSpec(specWith(layer)), `${type}.${name}`).toThrow(name);
      }
    }
  });

  it('reads one number or two', () => {
    expect(['3', ' 3, 5 ', '3×5', '', '3, y'].map(typedPair)).toEqual([3, [3, 5], [3, 5], undefined, '3, y']);
  });
});
