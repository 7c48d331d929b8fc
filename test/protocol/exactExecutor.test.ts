/**
 * docs/protocol.md is enough for an exact worker: an executor written from it, which drives the published kernels by itself,
 * computes the bits of the strict engine.
 */
import {
  compileModel,
  initialParameters,
  type LayerSpec,
  type LossName,
  RandomStream,
  wasmStrictEngine,
} from '@shoal/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  EVERYTHING,
  POOLED,
  RANDOM_SEED,
  randomCase,
} from '../../packages/core/src/engine/sampleModels.suite.ts';
import { ForeignExecutor, strictKernels } from '../support/foreignExecutor.ts';

/** As it is published; `npm run check` builds it before this. */
const { wasm } = strictKernels(new URL('../../packages/core/dist/engine/wasm/', import.meta.url));

type Model = {
  readonly input: readonly number[];
  readonly layers: readonly LayerSpec[];
  readonly loss?: LossName;
};

/** Purpose of this file's own random numbers. */
const NOISE = 999;
const EPOCH = 3;

const bitsOf = (values: Float32Array): string =>
  Buffer.from(new Uint8Array(values.slice().buffer)).toString('hex');

/**
 * Version 0, a gradient of a full microbatch and of a shorter one, and an evaluation, from both; then all of it again with the
 * parameters of a version that somebody else has made.
 */
async function expectSameBits(
  model: Model,
  counts: readonly number[],
  seed: number,
  joinsRectifiers: boolean,
  frozen = 0,
): Promise<void> {
  const spec = { ...model, loss: model.loss ?? 'cross_entropy' };
  const compiled = compileModel(spec);
  const microbatch = Math.max(...counts);
  const options = { microbatch, inputGradient: false, trainedFrom: frozen };
  const strict = await wasmStrictEngine.compile(compiled, options);
  const foreign = await ForeignExecutor.create(wasm, spec, microbatch, { joinsRectifiers, frozen });
  const noise = new RandomStream([seed, NOISE, 0, 0], 0);
  const initial = initialParameters(compiled, seed);
  expect(bitsOf(foreign.initialVector(seed))).toBe(bitsOf(initial));
  const moved = initial.map((value, i) => value + 0.2 * (noise.uniform(i) - 0.5));
  for (const vector of [initial, moved]) {
    strict.parameters.set(vector);
    strict.parametersChanged();
    foreign.setParameters(vector);
    for (const n of counts) {
      const own = new RandomStream([seed, NOISE, n, 0], 1);
      const inputs = Float32Array.from(
        { length: n * compiled.inputLength },
        (_, i) => 2 * own.uniform(i) - 1,
      );
      const numbers = Uint32Array.from({ length: n }, (_, i) => own.word(1_000_000 + i));
      const labels = Array.from({ length: n }, (_, i) =>
        own.integer(2_000_000 + i, Math.max(2, compiled.outputs)),
      );
      strict.inputs.set(inputs);
      strict.targets.set(labels);
      strict.samples.set(numbers);
      const sums = strict.computeGradient(n, { seed, epoch: EPOCH });
      const given = foreign.compute({ inputs, labels, numbers }, seed, EPOCH);
      expect({ ...given, gradient: bitsOf(given.gradient) }).toEqual({
        ...sums,
        gradient: bitsOf(strict.gradient),
      });
      const { loss, correct, finite } = foreign.compute({ inputs, labels, numbers }, seed, null);
      expect({ loss, correct, finite }).toEqual(strict.evaluate(n));
    }
  }
}

const dense = (units: number): LayerSpec => ({ type: 'dense', units });
const relu: LayerSpec = { type: 'relu' };
const flatten: LayerSpec = { type: 'flatten' };
const pool: LayerSpec = { type: 'max_pool2d', size: 2 };
const conv = (filters: number, more: object = {}): LayerSpec => ({
  type: 'conv2d',
  filters,
  kernel: 3,
  ...more,
});

test.each<[string, Model]>([
  ['dense layers', { input: [31], layers: [dense(29), relu, { type: 'dropout', rate: 0.4 }, dense(10)] }],
  [
    'layers so wide that their factors are laid out in panels',
    {
      input: [48, 5, 5],
      layers: [conv(51, { padding: 1 }), relu, pool, flatten, dense(65), relu, dense(49), relu, dense(10)],
    },
  ],
  [
    'a network of digits: a convolution pooled at once, one by minimal filtering, batch norm and dropout',
    {
      input: [1, 20, 20],
      layers: [
        ...[conv(8), relu, pool, conv(9, { padding: 1 }), { type: 'batch_norm' }, relu, pool],
        ...[flatten, { type: 'dropout', rate: 0.25 }, dense(13), { type: 'batch_norm' }, relu, dense(10)],
      ] as LayerSpec[],
    },
  ],
  [
    'convolutions with strides, paddings and none of the shortcuts',
    {
      input: [2, 12, 10],
      layers: [
        ...[
          conv(5, { stride: 2, padding: 1, bias: false }),
          { type: 'prelu' },
          conv(4, { kernel: [1, 3], padding: [2, 1] }),
        ],
        ...[relu, { type: 'max_pool2d', size: 3, stride: 1 }, { type: 'global_avg_pool2d' }, dense(3)],
      ] as LayerSpec[],
      loss: 'mse',
    },
  ],
  ['one of nearly everything', EVERYTHING],
  [
    'every activation, after a layer that learns and before any does',
    {
      input: [6],
      layers: [
        ...[
          { type: 'tanh' },
          { type: 'prelu', slope: 0.1 },
          { type: 'leaky_relu' },
          dense(7),
          { type: 'sigmoid' },
        ],
        ...[
          dense(7),
          { type: 'gelu' },
          dense(7),
          { type: 'leaky_relu', slope: 0.3 },
          dense(7),
          { type: 'softmax' },
        ],
        ...[{ type: 'residual', layers: [dense(7), { type: 'tanh' }] }, { type: 'step' }, dense(1)],
      ] as LayerSpec[],
      loss: 'perceptron',
    },
  ],
  [
    'initializers of every kind, also before a residual block, and weights that are given',
    {
      input: [5],
      layers: [
        { type: 'dense', units: 6, initializer: { type: 'uniform', limit: 0.3 } },
        dense(6),
        { type: 'batch_norm' },
        {
          type: 'residual',
          layers: [{ type: 'gelu' }, { type: 'dense', units: 6, initializer: { type: 'zeros' } }],
          shortcut: [dense(6), { type: 'layer_norm' }],
        },
        relu,
        {
          type: 'dense',
          units: 2,
          weights: [
            [1, 2, 3, 4, 5, 6],
            [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
          ],
          biases: [0.7, 0],
        },
      ],
    },
  ],
  [
    'convolutions that are pooled at once where nothing before them learns, though they are not the first',
    {
      input: [2, 13, 12],
      layers: [
        { type: 'tanh' },
        {
          type: 'residual',
          layers: [conv(3), relu, { type: 'max_pool2d', size: 3 }],
          shortcut: [conv(3), pool, { type: 'avg_pool2d', size: 3, stride: 1 }],
        },
        flatten,
        dense(4),
      ],
    },
  ],
  [
    'a chain in which a rectifier is followed by a pooling that cannot be done at once',
    {
      input: [8, 12, 12],
      layers: [conv(8), relu, pool, relu, conv(8, { padding: 1 }), pool, flatten, dense(4)],
    },
  ],
  [
    'poolings that do not reach all of what minimal filtering would give',
    {
      input: [9, 17, 14],
      layers: [
        ...[
          conv(12),
          relu,
          pool,
          conv(8, { padding: 1 }),
          { type: 'max_pool2d', size: [3, 2], stride: [4, 1] },
        ],
        ...[flatten, dense(4)],
      ] as LayerSpec[],
    },
  ],
])('an executor written from the page has the bits of the strict engine for %s', async (_, model) => {
  for (const joins of [true, false]) await expectSameBits(model, [13, 16, 1], 5, joins);
});

test('and where the tiles of more groups are summed than go into one sum', async () => {
  const layers = [conv(9), relu, pool, flatten, dense(4)];
  await expectSameBits({ input: [8, 13, 12], layers }, [41], 6, true);
});

test('and where its first layers are frozen, however many', async () => {
  for (const model of [EVERYTHING, POOLED]) {
    for (const [i] of model.layers.entries()) await expectSameBits(model, [9, 5], 3, i % 2 === 0, i + 1);
  }
});

test('and for random models', async () => {
  await fc.assert(
    fc.asyncProperty(randomCase, fc.boolean(), async ({ count, microbatch, seed, ...model }, joins) => {
      await expectSameBits(model, [microbatch ?? count, count], seed ?? 1, joins);
    }),
    { numRuns: 60, seed: RANDOM_SEED },
  );
});
