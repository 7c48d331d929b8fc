import { findPreset, resolveRunSpec } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { extrasOf, fieldsOf, layersOf } from './describe.ts';

describe('a spec in few words', () => {
  it('names the layers of a model in their order', () => {
    expect(layersOf(findPreset('mnist-cnn').model.layers)).toBe(
      'conv2d 32 (3×3) → relu → max_pool2d 2×2 → conv2d 64 (3×3) → relu → max_pool2d 2×2 → flatten → dense 10',
    );
  });

  it('counts what repeats', () => {
    const pair = [{ type: 'dense', units: 64 }, { type: 'sigmoid' }] as const;
    expect(layersOf([...pair, ...pair, ...pair, { type: 'dense', units: 10 }])).toBe(
      '(dense 64 → sigmoid) × 3 → dense 10',
    );
    expect(layersOf([{ type: 'relu' }, { type: 'relu' }])).toBe('relu → relu');
  });

  it('leaves out what is off', () => {
    expect(fieldsOf({ type: 'sgd', lr: 0.1, weightDecay: 0 } as { type: string })).toBe('sgd · lr 0.1');
    const spec = resolveRunSpec({
      model: findPreset('mnist-cnn').model,
      clip: { norm: 1 },
      data: { source: 'digits', augment: { shift: 2 } },
    });
    expect(extrasOf(spec)).toEqual(['clip.norm 1', 'augment.shift 2']);
    expect(extrasOf(resolveRunSpec({ model: findPreset('mnist-cnn').model }))).toEqual([]);
  });
});
