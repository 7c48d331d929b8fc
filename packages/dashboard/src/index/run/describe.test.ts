import { findPreset, nameIn, resolveRunSpec, type TermKind } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { extrasOf, fieldsOf, layersOf } from './describe.ts';

const english = (kind: TermKind, name: string): string => nameIn(kind, name, 'en');
const chinese = (kind: TermKind, name: string): string => nameIn(kind, name, 'zh');

describe('a spec in few words', () => {
  it('names the layers of a model in their order', () => {
    expect(layersOf(findPreset('mnist-cnn').model.layers, english)).toBe(
      'conv2d 32 (3×3) → relu → max_pool2d 2×2 → conv2d 64 (3×3) → relu → max_pool2d 2×2 → flatten → dense 10',
    );
  });

  it('counts what repeats', () => {
    const pair = [{ type: 'dense', units: 64 }, { type: 'sigmoid' }] as const;
    expect(layersOf([...pair, ...pair, ...pair, { type: 'dense', units: 10 }], english)).toBe(
      '(dense 64 → sigmoid) × 3 → dense 10',
    );
    expect(layersOf([{ type: 'relu' }, { type: 'relu' }], english)).toBe('relu → relu');
  });

  it('leaves out what is off', () => {
    expect(fieldsOf('optimizer', { type: 'sgd', lr: 0.1, weightDecay: 0 } as { type: string }, english)).toBe(
      'sgd · lr 0.1',
    );
    const spec = resolveRunSpec({
      model: findPreset('mnist-cnn').model,
      clip: { norm: 1 },
      data: { source: 'digits', augment: { shift: 2 } },
    });
    expect(extrasOf(spec, english)).toEqual(['clip.norm 1', 'augment.shift 2']);
    expect(extrasOf(resolveRunSpec({ model: findPreset('mnist-cnn').model }), english)).toEqual([]);
  });

  it('has the Chinese terms beside the names', () => {
    const { model, optimizer } = findPreset('mnist-softmax');
    expect(layersOf(model.layers, chinese)).toBe('展平层 flatten → 全连接层 dense 10');
    expect(fieldsOf('optimizer', optimizer, chinese)).toBe('随机梯度下降 sgd · 学习率 lr 0.3');
  });
});
