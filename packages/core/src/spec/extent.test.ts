import { expect, test } from 'vitest';
import { checkExtent, SPEC_DEPTH_MAX, SPEC_TEXT_MAX, SPEC_VALUES_MAX } from './extent.ts';
import { applyOverrides, mergeRunSpec } from './overrides.ts';
import { findPreset, presets } from './presets/presets.ts';
import { resolveRunSpec } from './resolve.ts';
import { SpecError } from './specError.ts';

/** Lists inside each other, `depth` of them. */
function lists(depth: number): unknown {
  let value: unknown = [];
  for (let i = 1; i < depth; i += 1) value = [value];
  return value;
}

/** A spec with residual blocks inside each other. */
function blocks(depth: number): Record<string, unknown> {
  let layers: unknown[] = [{ type: 'dense', units: 4 }];
  for (let i = 0; i < depth; i += 1) layers = [{ type: 'residual', layers }];
  return { model: { input: [4], layers } };
}

test('depth, number of values and length of texts are held to the value', () => {
  expect(() => checkExtent(lists(SPEC_DEPTH_MAX))).not.toThrow();
  expect(() => checkExtent(lists(SPEC_DEPTH_MAX + 1))).toThrow(/nests .* more than 15 deep/);
  expect(() => checkExtent(Array(SPEC_VALUES_MAX - 1).fill(0))).not.toThrow();
  expect(() => checkExtent(Array(SPEC_VALUES_MAX).fill(0))).toThrow(/more than 20000 values/);
  expect(() => checkExtent({ name: 'x'.repeat(SPEC_TEXT_MAX - 4) })).not.toThrow();
  expect(() => checkExtent({ name: 'x'.repeat(SPEC_TEXT_MAX - 3) })).toThrow(/131072 characters/);
});

test('what would take up the stack or the memory is refused with a sentence, by whichever way it comes', () => {
  const preset = findPreset('mnist-mlp');
  const text = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  let shared: unknown = 1;
  for (let i = 0; i < 12; i += 1) shared = Array(10).fill(shared);
  const itself: unknown[] = [];
  itself.push(itself);
  for (const value of [blocks(1_200), lists(100_000), shared, { model: itself }]) {
    expect(() => resolveRunSpec(value)).toThrow(SpecError);
    expect(() => mergeRunSpec(preset, { model: value })).toThrow(SpecError);
    expect(() => mergeRunSpec(preset, { x: value })).toThrow(SpecError);
  }
  expect(() => applyOverrides(preset, [`model.layers=${text}`])).toThrow(/deep/);
  expect(() => applyOverrides(preset, [`${'model.'.repeat(20_000)}x=1`])).toThrow(/at most 15 names/);
});

test('every preset is far below', () => {
  for (const preset of presets) expect(() => checkExtent(Array(8).fill(preset))).not.toThrow();
});

test('as many residual blocks inside each other as a welcome can carry are taken', () => {
  // The spec, its model, its layers; then a block and its layers, and the layer in the innermost.
  const deepest = Math.floor((SPEC_DEPTH_MAX - 4) / 2);
  expect(resolveRunSpec(blocks(deepest)).model.layers).toHaveLength(1);
  expect(() => resolveRunSpec(blocks(deepest + 1))).toThrow(/deep/);
});
