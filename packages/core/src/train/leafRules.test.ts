import { describe, expect, test } from 'vitest';
import { classSamples, type Samples } from '../data/dataSet.ts';
import { augmentOf } from '../data/dataSpec.ts';
import { SampleWriter } from '../data/fill.ts';
import type { Engine, Executor } from '../engine/engine.ts';
import { referenceEngine } from '../engine/reference/referenceEngine.ts';
import { wasmStrictEngine } from '../engine/wasm/wasmEngine.ts';
import { compileModel } from '../nn/compile.ts';
import { initialParameters } from '../nn/initialize.ts';
import { RandomStream } from '../random/threefry.ts';
import { resolveRunSpec } from '../spec/resolve.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import type { LeafComputation, LeafTools } from './leaf.ts';
import type { EpochPiece } from './position.ts';
import { leafRuleOf } from './stepRule.ts';
import { vectorsOf } from './stepShape.ts';

const COUNT = 24;

function images(): Samples {
  const values = new Uint8Array(COUNT * 25);
  const stream = new RandomStream([7, 0, 0, 0], 0);
  for (let i = 0; i < values.length; i += 1) values[i] = stream.integer(i, 256);
  return classSamples(
    { shape: [1, 5, 5], values },
    Uint8Array.from({ length: COUNT }, (_, i) => i % 2),
  );
}

const SAMPLES = images();

/** Whatever has an address or a state: augmentation, dropout, batch norm, a schedule, decay, clipping. */
const specWith = (change: object): RunSpec =>
  resolveRunSpec({
    seed: 9,
    data: { source: 'digits', validation: 0, augment: { shift: 1 } },
    model: {
      input: [1, 5, 5],
      layers: [
        { type: 'conv2d', filters: 3, kernel: 3 },
        { type: 'batch_norm' },
        { type: 'relu' },
        { type: 'flatten' },
        { type: 'dropout', rate: 0.2 },
        { type: 'dense', units: 2 },
      ],
      loss: 'cross_entropy',
    },
    batch: 5,
    microbatch: 3,
    epochs: 2,
    optimizer: { type: 'momentum', lr: 0.1, momentum: 0.5 },
    schedule: { type: 'step', every: 1, gamma: 0.5, unit: 'step' },
    steps: { type: 'localSteps', replicas: 1, localSteps: 3, outer: { type: 'average' } },
    ...change,
  });

async function toolsFor(engine: Engine, spec: RunSpec): Promise<LeafTools> {
  const model = compileModel(spec.model);
  const executor = await engine.compile(model, {
    ...{ microbatch: spec.microbatch, inputGradient: false },
    vectors: vectorsOf(spec),
  });
  executor.parameters.set(initialParameters(model, spec.seed));
  executor.parametersChanged();
  const writer = new SampleWriter({
    shape: model.inputShape,
    augment: augmentOf(spec.data),
    seed: spec.seed,
  });
  return { spec, model, executor, writer, trainCount: COUNT };
}

/** 13 samples, of which 7 end the first epoch: the second batch lies across its border. */
const NUMBERS = Uint32Array.from({ length: 13 }, (_, i) => (i * 5) % COUNT);
const PIECES: readonly EpochPiece[] = [
  { epoch: 0, from: 17, to: 24 },
  { epoch: 1, from: 0, to: 6 },
];
const WORK = {
  samples: SAMPLES,
  rows: NUMBERS,
  numbers: NUMBERS,
  pieces: PIECES,
  step: 1,
  batch: 5,
  onto: null,
};
/** Its microbatches, batch by batch: places and epoch. */
const MICROBATCHES = [
  [
    [0, 3, 0],
    [3, 5, 0],
  ],
  [
    [5, 7, 0],
    [7, 10, 1],
  ],
  [[10, 13, 1]],
] as const;

function completed(leaf: LeafComputation): LeafComputation {
  while (leaf.step());
  return leaf;
}

/** A round by its definition, in float64 and without any of the code under test. */
function roundByDefinition(executor: Executor, writer: SampleWriter, spec: RunSpec) {
  const { trainableLength, vectorLength } = executor.model;
  const before = Float64Array.from(executor.parameters);
  const now = before.slice();
  const velocity = new Float64Array(trainableLength);
  const sums = { loss: 0, correct: 0 };
  MICROBATCHES.forEach((batch, update) => {
    const gradient = new Float64Array(vectorLength);
    let count = 0;
    for (const [from, to, epoch] of batch) {
      const numbers = NUMBERS.subarray(from, to);
      writer.write(executor, SAMPLES, numbers, numbers, epoch);
      const { loss, correct } = executor.computeGradient(to - from, { seed: spec.seed, epoch });
      sums.loss += loss;
      sums.correct += correct;
      for (let i = 0; i < vectorLength; i += 1) gradient[i]! += executor.gradient[i]!;
      count += to - from;
    }
    // Step 1 begins with update 3 of the run, and the rate halves with each.
    const rate = 0.1 * 0.5 ** (3 + update);
    for (let i = 0; i < trainableLength; i += 1) {
      velocity[i] = 0.5 * velocity[i]! + gradient[i]! / count;
      now[i]! -= rate * velocity[i]!;
    }
    for (let i = trainableLength; i < vectorLength; i += 1) now[i]! += 0.1 * (gradient[i]! / count - now[i]!);
    executor.parameters.set(now);
    executor.parametersChanged();
  });
  executor.parameters.set(before);
  executor.parametersChanged();
  return { ...sums, change: now.map((value, i) => value - before[i]!) };
}

describe.each([referenceEngine, wasmStrictEngine])('a round of local steps on $name', (engine) => {
  const spec = specWith({});

  test('is what its definition says, across the border of two epochs', async () => {
    const tools = await toolsFor(engine, spec);
    const { executor, writer } = tools;
    const arena = executor.vectors;
    const leaf = completed(leafRuleOf(tools).begin(WORK));
    expect(leaf.done).toBe(13);
    const sums = leaf.finish();
    const expected = roundByDefinition(executor, writer, spec);
    expect(sums).toMatchObject({ finite: true, count: 13, correct: expected.correct });
    expect(sums.loss).toBeCloseTo(expected.loss, 4);
    const change = arena.view(sums.vector!);
    expect(Math.max(...expected.change.map(Math.abs))).toBeGreaterThan(0.001);
    change.forEach((value, i) => {
      expect(Math.abs(value - expected.change[i]!)).toBeLessThan(2e-6);
    });
  });

  test('has the same bits whatever was computed or given up before, and leaves the parameters alone', async () => {
    const tools = await toolsFor(engine, spec);
    const { executor } = tools;
    const arena = executor.vectors;
    const parameters = executor.parameters.slice();
    const rule = leafRuleOf(tools);
    const first = completed(rule.begin(WORK)).finish();
    expect(executor.parameters).toEqual(parameters);
    const kept = arena.size;
    for (let steps = 0; steps < 5; steps += 1) {
      const given = rule.begin({ ...WORK, step: 0 });
      for (let i = 0; i < steps; i += 1) expect(given.step()).toBe(true);
      given.discard();
      expect(executor.parameters).toEqual(parameters);
      expect(arena.size).toBe(kept);
    }
    const second = completed(rule.begin(WORK)).finish();
    expect({ ...second, vector: null }).toEqual({ ...first, vector: null });
    expect(arena.bytes(second.vector!)).toEqual(arena.bytes(first.vector!));
  });
});

test('a round says how far it is, a microbatch at a time', async () => {
  const leaf = leafRuleOf(await toolsFor(wasmStrictEngine, specWith({}))).begin(WORK);
  const seen = [leaf.done];
  while (leaf.step()) seen.push(leaf.done);
  expect([...seen, leaf.done]).toEqual([0, 3, 5, 7, 10, 13]);
});

test('a round that leaves the finite numbers says so of all its samples, and nothing of it remains', async () => {
  const spec = specWith({ optimizer: { type: 'sgd', lr: 1e38 }, schedule: { type: 'constant' } });
  const tools = await toolsFor(wasmStrictEngine, spec);
  const parameters = tools.executor.parameters.slice();
  const sums = completed(leafRuleOf(tools).begin(WORK)).finish();
  expect(sums).toEqual({ finite: false, loss: 0, correct: 0, count: 13, vector: null });
  expect(tools.executor.parameters).toEqual(parameters);
});

test('a microbatch of a synchronous step is the sum of its gradients', async () => {
  const tools = await toolsFor(wasmStrictEngine, specWith({ steps: { type: 'synchronous' } }));
  const { executor, writer, spec } = tools;
  const arena = executor.vectors;
  const parameters = executor.parameters.slice();
  const numbers = NUMBERS.subarray(0, 3);
  const pieces = [{ epoch: 1, from: 4, to: 7 }];
  const sums = completed(leafRuleOf(tools).begin({ ...WORK, numbers, rows: numbers, pieces })).finish();
  writer.write(executor, SAMPLES, numbers, numbers, 1);
  const { loss, correct, finite } = executor.computeGradient(3, { seed: spec.seed, epoch: 1 });
  expect(sums).toMatchObject({ loss, correct, finite, count: 3 });
  expect(arena.view(sums.vector!)).toEqual(executor.gradient.slice());
  expect(executor.parameters).toEqual(parameters);
});
