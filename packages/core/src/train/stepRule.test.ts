import { expect, it } from 'vitest';
import { augmentOf } from '../data/dataSpec.ts';
import { SampleWriter } from '../data/fill.ts';
import { splitForRun } from '../data/split.ts';
import { tableDataSet } from '../data/tables.ts';
import { wasmStrictEngine } from '../engine/wasm/wasmEngine.ts';
import { compileModel } from '../nn/compile.ts';
import { initialParameters } from '../nn/initialize.ts';
import { mergeRunSpec } from '../spec/overrides.ts';
import { findPreset } from '../spec/presets/presets.ts';
import { VectorArena } from '../vectors/arena.ts';
import { leafSamplesOf, shapeOfRun, stepRuleOf } from './stepRule.ts';

const spec = mergeRunSpec(findPreset('mlp-xor'), { batch: 3, microbatch: 2 });
const { train } = splitForRun(tableDataSet('xor'), spec.data, spec.seed);

it('the synchronous rule cuts a step into microbatches', () => {
  expect(shapeOfRun(spec, 4)).toEqual({
    trainCount: 4,
    stepSamples: 3,
    leafSamples: 2,
    epochs: spec.epochs,
  });
  expect([leafSamplesOf(spec, false), leafSamplesOf(spec, true)]).toEqual([2, 2]);
});

it('a leaf of it is the sum of gradients over its samples, and leaves the parameters alone', async () => {
  const model = compileModel(spec.model);
  const executor = await wasmStrictEngine.compile(model, { microbatch: 2, inputGradient: false });
  const parameters = initialParameters(model, spec.seed);
  executor.parameters.set(parameters);
  executor.parametersChanged();
  const writer = new SampleWriter({
    shape: model.inputShape,
    augment: augmentOf(spec.data),
    seed: spec.seed,
  });
  const arena = new VectorArena({ length: model.vectorLength });
  const rows = Uint32Array.of(3, 1);
  const rule = stepRuleOf(spec);
  const work = { executor, writer, arena, seed: spec.seed, epoch: 0, samples: train, rows, numbers: rows };
  const leaf = rule.computeLeaf(work);
  const address = { seed: spec.seed, epoch: 0 };
  writer.write(executor, train, rows, rows, 0);
  const { loss, correct, finite } = executor.computeGradient(2, address);
  expect(leaf).toMatchObject({ loss, correct, finite, count: 2 });
  expect(leaf.vector === null ? null : arena.view(leaf.vector)).toEqual(executor.gradient.slice());
  expect(executor.parameters).toEqual(parameters);
});
