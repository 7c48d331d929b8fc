import { describe, expect, test } from 'vitest';
import { classSamples, type DataSplits, type Samples } from '../data/dataSet.ts';
import { augmentOf } from '../data/dataSpec.ts';
import { SampleWriter } from '../data/fill.ts';
import { shuffledOrder } from '../data/order.ts';
import type { TableName } from '../data/sources.ts';
import { splitForRun } from '../data/split.ts';
import { tableDataSet } from '../data/tables.ts';
import type { Executor } from '../engine/engine.ts';
import { referenceEngine } from '../engine/reference/referenceEngine.ts';
import { wasmStrictEngine } from '../engine/wasm/wasmEngine.ts';
import { compileModel } from '../nn/compile.ts';
import { initialParameters } from '../nn/initialize.ts';
import type { Sums } from '../parallel/answer.ts';
import { newReduction, reduce, rootOf } from '../parallel/reduction.ts';
import { leavesOf, nodesOfRange } from '../parallel/tree.ts';
import { RandomStream } from '../random/threefry.ts';
import { mergeRunSpec } from '../spec/overrides.ts';
import { findPreset } from '../spec/presets/presets.ts';
import { resolveRunSpec } from '../spec/resolve.ts';
import { VectorArena, type VectorId } from '../vectors/arena.ts';
import { sentence } from '../words/sentence.ts';
import { ThreadComputer } from './leafComputer.ts';
import type { EpochReport } from './outcome.ts';
import { type RunShape, samplesOfLeaves, samplesOfStep } from './position.ts';
import { trainAlone } from './trainAlone.ts';

/** Small noisy images: a bright row or a bright column, which is the label. */
function bars(count: number, firstNumber: number): Samples {
  const size = 6;
  const values = new Uint8Array(count * size * size);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i += 1) {
    const stream = new RandomStream([99, 0, 0, 0], firstNumber + i);
    const label = stream.integer(0, 2);
    const place = stream.integer(1, size);
    labels[i] = label;
    for (let p = 0; p < size * size; p += 1) {
      const onBar = label === 0 ? Math.floor(p / size) === place : p % size === place;
      values[i * size * size + p] = (onBar ? 180 : 0) + stream.integer(2 + p, 70);
    }
  }
  return classSamples({ shape: [1, size, size], values }, labels);
}

const tableSplits = (table: TableName): DataSplits =>
  splitForRun(tableDataSet(table), { source: 'table', table }, 1);

const BARS: DataSplits = { train: bars(90, 0), validation: bars(30, 1000), test: bars(40, 2000) };
/** Every source of randomness and every kind of state: dropout, augmentation, batch norm, moments, odd sizes. */
const BARS_SPEC = resolveRunSpec({
  name: 'bars',
  about: 'Tells rows from columns.',
  seed: 5,
  data: { source: 'digits', validation: 30, augment: { shift: 1 } },
  model: {
    input: [1, 6, 6],
    layers: [
      { type: 'conv2d', filters: 4, kernel: 3 },
      { type: 'batch_norm' },
      { type: 'relu' },
      { type: 'max_pool2d', size: 2 },
      { type: 'flatten' },
      { type: 'dropout', rate: 0.2 },
      { type: 'dense', units: 2 },
    ],
    loss: 'cross_entropy',
  },
  batch: 20,
  microbatch: 3,
  epochs: 12,
  optimizer: { type: 'adam', lr: 0.02 },
  schedule: { type: 'cosine' },
  clip: { norm: 2 },
  regularization: { l2: 0.0001 },
  earlyStopping: { metric: 'validationLoss', patience: 5 },
});

const engine = referenceEngine;

describe('trainAlone', () => {
  test('learns, reports every epoch, and delivers the best one', async () => {
    const reports: EpochReport[] = [];
    const outcome = await trainAlone({
      spec: BARS_SPEC,
      data: BARS,
      engine,
      onEpoch: (report) => reports.push(report),
    });
    if (outcome.state !== 'finished') throw new Error(sentence(outcome.reason, 'en'));
    expect(outcome.history).toEqual(reports);
    expect(outcome.steps).toBe(outcome.epochs * 5);
    expect(outcome.test?.accuracy).toBeGreaterThan(0.9);
    expect(outcome.test?.samples).toBe(40);
    expect(reports[0]?.layerNorms.map(({ layer }) => layer).length).toBe(3);
    const losses = reports.map(({ validationLoss }) => validationLoss as number);
    expect(outcome.deliveredEpoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
    expect(outcome.validation?.loss).toBe(losses[outcome.deliveredEpoch - 1]);
  });

  test('gives the same bits again, and other bits for another seed', async () => {
    const spec = { ...BARS_SPEC, epochs: 2 };
    const [a, b, c] = [
      await trainAlone({ spec, data: BARS, engine }),
      await trainAlone({ spec, data: BARS, engine }),
      await trainAlone({ spec: { ...spec, seed: 6 }, data: BARS, engine }),
    ];
    expect(a.parametersSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(b.parametersSha256).toBe(a.parametersSha256);
    expect(c.parametersSha256).not.toBe(a.parametersSha256);
  });

  test('stops early with the reason and gives back the best epoch’s parameters', async () => {
    const spec = resolveRunSpec({
      ...BARS_SPEC,
      epochs: 30,
      optimizer: { type: 'sgd', lr: 1.5 },
      earlyStopping: { metric: 'validationLoss', patience: 2, minimumImprovement: 0.05 },
    });
    const outcome = await trainAlone({ spec, data: BARS, engine });
    if (outcome.state !== 'finished') throw new Error(sentence(outcome.reason, 'en'));
    expect(sentence(outcome.reason, 'en')).toMatch(
      /^Stops after epoch \d+: validation loss has not improved by 0.05 for 2 epochs/,
    );
    expect(outcome.deliveredEpoch).toBe(outcome.epochs - 2);
    expect(outcome.validation?.loss).toBe(outcome.history[outcome.deliveredEpoch - 1]?.validationLoss);
  });

  test.each([
    [0, 'Nothing is trained: the spec asks for 0 epochs.'],
    [1, 'The one epoch is done.'],
    [2, 'All 2 epochs are done.'],
  ])('after %i epochs it says so', async (epochs, reason) => {
    const outcome = await trainAlone({
      spec: { ...BARS_SPEC, epochs, earlyStopping: null },
      data: BARS,
      engine,
    });
    expect(outcome).toMatchObject({ state: 'finished', epochs });
    expect(sentence(outcome.reason, 'en')).toBe(reason);
  });

  test('without restoring, the last epoch’s parameters are delivered', async () => {
    const stopping = BARS_SPEC.earlyStopping;
    if (stopping === null) throw new Error('The spec has early stopping.');
    const spec = { ...BARS_SPEC, epochs: 2, earlyStopping: { ...stopping, restoreBest: false } };
    const outcome = await trainAlone({ spec, data: BARS, engine });
    expect(outcome).toMatchObject({
      state: 'finished',
      deliveredEpoch: 2,
      reason: { type: 'epochsDone', epochs: 2 },
    });
  });

  test('ends as diverged, naming the step and the way out, and keeps the last finite parameters', async () => {
    const spec = resolveRunSpec({ ...BARS_SPEC, clip: {}, optimizer: { type: 'sgd', lr: 1e30 } });
    const outcome = await trainAlone({ spec, data: BARS, engine });
    expect(outcome.state).toBe('diverged');
    expect(sentence(outcome.reason, 'en')).toMatch(
      /no longer a finite number in step \d+ \(epoch 1\)\. Try a smaller learning rate than 1e\+30/,
    );
    expect(outcome.parameters.every((value) => Number.isFinite(value))).toBe(true);
  });

  test('the perceptron learns AND and stops at zero errors; XOR it cannot learn', async () => {
    const and = findPreset('perceptron-and');
    const learned = await trainAlone({ spec: and, data: tableSplits('and'), engine });
    expect(learned).toMatchObject({ state: 'finished', test: { accuracy: 1 }, validation: null });
    expect(sentence(learned.reason, 'en')).toContain('has reached the target 0');
    const xor = await trainAlone({
      spec: findPreset('perceptron-xor'),
      data: tableSplits('xor'),
      engine,
    });
    expect(xor.state === 'finished' && xor.test && xor.test.accuracy < 1).toBe(true);
  });

  test('a given neuron is only evaluated when the spec asks for 0 epochs', async () => {
    const outcome = await trainAlone({
      spec: findPreset('neuron'),
      data: tableSplits('and'),
      engine,
    });
    expect(outcome).toMatchObject({ state: 'finished', epochs: 0, steps: 0, deliveredEpoch: 0 });
    expect(outcome.state === 'finished' && outcome.test?.accuracy).toBe(1);
    expect([...outcome.parameters]).toEqual([1, 1, -1.5]);
  });
});

describe('a run with local steps', () => {
  const engine = wasmStrictEngine;
  const local = (replicas: number, localSteps: number, change: object = {}, outer = { type: 'average' }) => {
    const steps = { type: 'localSteps', replicas, localSteps, outer };
    return mergeRunSpec(BARS_SPEC, { batch: 6, steps, earlyStopping: null, ...change });
  };

  test('cuts the epochs into rounds, and reports each after the round that ends it', async () => {
    // Rounds of 72 of 90 samples: they end at 72, 144, 216, 270.
    const spec = local(3, 4, { epochs: 3 });
    const outcome = await trainAlone({ spec, data: BARS, engine });
    expect(outcome).toMatchObject({ state: 'finished', steps: 4, epochs: 3 });
    expect(outcome.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(outcome.parameters.every((value) => Number.isFinite(value))).toBe(true);
  });

  test('learns, and gives the same bits again', async () => {
    const spec = local(3, 4, { epochs: 12 }, { type: 'nesterov' });
    const [once, again] = [
      await trainAlone({ spec, data: BARS, engine }),
      await trainAlone({ spec, data: BARS, engine }),
    ];
    expect(again.parametersSha256).toBe(once.parametersSha256);
    expect(once.state === 'finished' && once.test !== null && once.test.accuracy > 0.8).toBe(true);
  });

  test('with one replica, no moments and the average is a synchronous run but for rounding', async () => {
    const plain = { optimizer: { type: 'sgd', lr: 0.05 }, epochs: 2 };
    const synchronous = mergeRunSpec(BARS_SPEC, { batch: 6, earlyStopping: null, ...plain });
    const together = await trainAlone({ spec: synchronous, data: BARS, engine });
    const rounds = await trainAlone({ spec: local(1, 5, plain), data: BARS, engine });
    expect([together.steps, rounds.steps]).toEqual([30, 6]);
    rounds.parameters.forEach((value, i) => {
      expect(Math.abs(value - together.parameters[i]!)).toBeLessThan(1e-5);
    });
    rounds.history.forEach(({ trainLoss }, i) => {
      expect(trainLoss).toBeCloseTo(together.history[i]!.trainLoss, 4);
    });
  });

  test('ends as diverged when a replica leaves the finite numbers', async () => {
    const spec = local(3, 4, { clip: { norm: null }, optimizer: { type: 'sgd', lr: 1e38 } });
    const outcome = await trainAlone({ spec, data: BARS, engine });
    expect(outcome).toMatchObject({ state: 'diverged', steps: 0 });
    expect(outcome.parameters.every((value) => Number.isFinite(value))).toBe(true);
  });

  test('refuses rounds that take more samples than there are', async () => {
    await expect(trainAlone({ spec: local(4, 4), data: BARS, engine })).rejects.toThrow(
      'steps.replicas × steps.localSteps × batch = 4 × 4 × 6 = 96 samples, but there are 90',
    );
  });
});

describe.each([referenceEngine, wasmStrictEngine])('one step on $name', (engine) => {
  test('has the same bits when its microbatches are computed as leases, by two executors, in any order', async () => {
    const model = compileModel(BARS_SPEC.model);
    const arena = new VectorArena({ length: model.vectorLength });
    const shape: RunShape = {
      trainCount: 90,
      stepSamples: 40,
      leafSamples: 3,
      epochs: 1,
      acrossEpochs: false,
    };
    const order = shuffledOrder(5, 0, 90);
    const writer = new SampleWriter({
      shape: model.inputShape,
      augment: augmentOf(BARS_SPEC.data),
      seed: 5,
    });
    const executors: Executor[] = [];
    for (let i = 0; i < 2; i += 1) {
      const executor = await engine.compile(model, { microbatch: 3, inputGradient: false, vectors: 10 });
      executor.parameters.set(initialParameters(model, 5));
      executor.parametersChanged();
      executors.push(executor);
    }
    const numbers = order.subarray(...samplesOfStep(shape, 1));
    const address = { seed: 5, epoch: 0 };
    const spec = { ...BARS_SPEC, batch: 40 };
    const computer = new ThreadComputer({ executor: executors[0]!, writer, spec, trainCount: 90 });
    const training = { task: 'gradient', step: 1, samples: BARS.train, scales: null } as const;
    const alone = computer.computeTree({ ...training, numbers, rows: numbers });

    const leaves = 14;
    const leafSums = (leaf: number): Sums<VectorId> => {
      const executor = executors[leaf % 2]!;
      const samples = order.subarray(...samplesOfLeaves(shape, 1, leaf, leaf + 1));
      writer.write(executor, BARS.train, samples, samples, 0);
      const { loss, correct, finite } = executor.computeGradient(samples.length, address);
      const vector = arena.allocateFrom(executor.gradient);
      return { finite, loss, correct, count: samples.length, vector };
    };
    for (const leases of [
      [
        [9, 14],
        [0, 5],
        [5, 9],
      ],
      [
        [13, 14],
        [1, 13],
        [0, 1],
      ],
      [[0, 14]],
    ] as const) {
      const whole = newReduction<VectorId>(leaves);
      for (const [from, to] of leases) {
        for (const node of [...nodesOfRange(from, to, leaves)].reverse()) {
          const [first, last] = leavesOf(node, leaves);
          const part = newReduction<VectorId>(last - first);
          for (let leaf = last - 1; leaf >= first; leaf -= 1) {
            reduce(part, { node: { level: 0, index: leaf - first }, ...leafSums(leaf) }, arena);
          }
          reduce(whole, { ...rootOf(part)!, node }, arena);
        }
      }
      const root = rootOf(whole)!;
      expect(root).toMatchObject({ loss: alone.loss, correct: alone.correct, count: 40 });
      expect(arena.bytes(root.vector!)).toEqual(executors[0]!.vectors.bytes(alone.vector!));
    }
  });
});
