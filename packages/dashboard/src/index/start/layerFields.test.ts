import { resolveRunSpec } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { INITIALIZERS, LAYER_FIELDS, LAYER_TYPES, newLayer, typedPair } from './layerFields.ts';

const specWith = (layer: object) => ({ model: { input: [1, 28, 28], layers: [layer] } });

describe('the list of layers', () => {
  it('begins each kind with what the run spec takes', () => {
    for (const type of LAYER_TYPES) {
      expect(resolveRunSpec(specWith(newLayer(type))).model.layers, type).toEqual([newLayer(type)]);
    }
  });

  it('has fields that the run spec knows, and asks for those that it wants', () => {
    const values = { number: 0.5, pair: [1, 1], flag: true, initializer: { type: INITIALIZERS[0] } };
    for (const type of LAYER_TYPES) {
      for (const { name, kind, optional } of LAYER_FIELDS[type] ?? []) {
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
