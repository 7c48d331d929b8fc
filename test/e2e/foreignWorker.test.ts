/**
 * docs/protocol.md is enough to write a worker from: one that shares no code with the product, not its codec, not its
 * random numbers, not its arithmetic, trains a whole run alone; and one that has only the compiled kernels trains an exact
 * run to the same bits.
 */
import { resolveRunSpec, sentence } from '@shoal/core';
import { expect, test } from 'vitest';
import { Cluster, isWorker } from '../support/cluster.ts';
import {
  checksum,
  initialVector,
  nodesOf,
  softmaxSums,
  threefryBlock,
} from '../support/foreignArithmetic.ts';
import { ForeignCoding } from '../support/foreignCoding.ts';
import { ForeignExecutor, strictKernels } from '../support/foreignExecutor.ts';
import type { ModelJson } from '../support/foreignModel.ts';
import { orderOf } from '../support/foreignOrder.ts';
import { answersTo, ForeignWorker, helloWith } from '../support/foreignWorker.ts';
import { everything, residual } from '../support/specs.ts';

const hex = (words: readonly number[]): string =>
  words.map((word) => word.toString(16).padStart(8, '0')).join(' ');

test('the test values of the protocol page hold for code written from it', () => {
  expect(hex([checksum(Buffer.from('')), checksum(Buffer.from('abc'))])).toBe('02cc5d05 32d153ff');
  expect(hex([checksum(new Uint8Array(Float32Array.of(1, -2).buffer))])).toBe('eb585349');
  const ones = [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff];
  expect(hex(threefryBlock([0, 0, 0, 0], [0, 0, 0, 0]))).toBe('9c6ca96a e17eae66 fc10ecd4 5256a7d8');
  expect(hex(threefryBlock(ones, ones))).toBe('2a881696 57012287 f6c7446e a16a6732');
  expect(hex(threefryBlock([1, 2, 0, 0], [0, 1, 0, 0]))).toBe('b54676d9 50102322 4a3c827c 6f6c0f79');
  const nodes = (from: number, to: number, n: number) =>
    nodesOf(from, to, n).map(({ level, index }) => `${level},${index}`);
  expect(nodes(0, 5, 5)).toEqual(['3,0']);
  expect(nodes(3, 5, 5)).toEqual(['0,3', '2,1']);
  expect(nodes(2, 5, 7)).toEqual(['1,1', '0,4']);
  expect(nodes(5, 6, 6)).toEqual(['0,5']);
  expect(orderOf({ seed: 1, order: 'shuffled' }, 1, 10).join(' ')).toBe('3 8 0 9 1 7 5 4 6 2');
  const byBlocks = orderOf({ seed: 1, order: 'blocks' }, 0, 1300);
  expect([byBlocks.slice(0, 4), byBlocks.slice(1022, 1026), byBlocks.slice(-4)]).toEqual([
    [864, 1015, 1103, 1132],
    [645, 716, 194, 249],
    [539, 206, 77, 580],
  ]);
});

const softmax = resolveRunSpec({
  name: 'softmax',
  about: 'Ten times round with one layer.',
  seed: 3,
  numerics: 'fast',
  data: { source: 'idx', validation: 40 },
  model: {
    input: [1, 10, 10],
    layers: [{ type: 'flatten' }, { type: 'dense', units: 4 }],
    loss: 'cross_entropy',
  },
  batch: 40,
  microbatch: 6,
  epochs: 10,
  optimizer: { type: 'adam', lr: 0.02 },
});

test('a worker written from the protocol page alone trains a whole run', async () => {
  const cluster = await Cluster.of(softmax);
  const coordinator = cluster.train(0);
  const url = await coordinator.joinUrl();
  const worker = await ForeignWorker.connect(url);
  worker.versions.set(0, initialVector({ inputs: 100, units: 4 }, 3));
  worker.onMessage((message) => {
    if (message.type !== 'lease') return;
    const answers = answersTo(message, worker, ({ parameters, values, labels }) =>
      softmaxSums({ inputs: 100, units: 4 }, parameters, values, labels),
    );
    for (const answer of answers) worker.send(answer);
  });
  worker.send(helloWith(url, { engines: ['blas'], kernels: '' }));

  const result = await coordinator.result();
  expect(worker.messages[0]).toMatchObject({ type: 'welcome', protocol: 2, engine: 'blas' });
  expect(result).toMatchObject({ state: 'finished', epochs: 10, steps: 70 });
  // The same run with the product's own arithmetic; only last bits may differ.
  const alone = await cluster.alone();
  if (alone.state !== 'finished') throw new Error(sentence(alone.reason, 'en'));
  expect(result.trainLoss).toBeCloseTo(alone.history.at(-1)?.trainLoss as number, 4);
  expect(await worker.closed).toEqual({ code: 4000, reason: 'finished' });
  expect(await coordinator.end()).toMatchObject({ code: 0 });
});

test('a worker that is wrong is told where, and so is the operator', async () => {
  const cluster = await Cluster.of(softmax);
  const coordinator = cluster.train(0);
  const url = await coordinator.joinUrl();
  const worker = await ForeignWorker.connect(url);
  worker.versions.set(0, initialVector({ inputs: 100, units: 4 }, 3));
  worker.send(helloWith(url, { engines: ['blas'], kernels: '', name: 'forgetful' }));
  const probe = await worker.message(({ type }) => type === 'lease', 'The probe');
  const answers = answersTo(probe, worker, ({ parameters, values, labels }) => {
    const sums = softmaxSums({ inputs: 100, units: 4 }, parameters, values, labels);
    // It has forgotten that the gradient is a sum, not a mean, for the last bias.
    sums.gradient[403] = (sums.gradient[403] as number) / 6;
    return { ...sums, loss: sums.loss / 6 };
  });
  for (const answer of answers) worker.send(answer);
  const { code, message } = await worker.message(({ type }) => type === 'bye', 'The goodbye');
  expect(code).toBe('probeFailed');
  expect(message).toMatch(
    /Loss: expected [\d.]+, received [\d.]+\..* element 403, dense2\.bias\[3\]: expected .*, received /,
  );
  const told = await coordinator.line(isWorker('left', 'forgetful'), 'The end of the worker');
  expect(told.reason).toContain('element 403, dense2.bias[3]: expected ');
});

test.each([
  ['batch norm and dropout', everything({ data: { source: 'idx', validation: 60 }, epochs: 6 })],
  ['a residual block', residual()],
  [
    'vectors of 8 bits',
    everything({
      data: { source: 'idx', validation: 60 },
      epochs: 3,
      earlyStopping: null,
      coding: { up: 'int8', down: 'int8' },
    }),
  ],
  ['parameters of 4 bits', residual({ coding: { down: 'int4' } })],
  ['an order by blocks', residual({ data: { source: 'idx', validation: 60, order: 'blocks' } })],
])(
  'a worker that drives the published kernels as the page says trains an exact run with %s',
  async (_, spec) => {
    const cluster = await Cluster.of(spec);
    const coordinator = cluster.train(0);
    const url = await coordinator.joinUrl();
    const worker = await ForeignWorker.connect(url);
    const { wasm, build } = strictKernels(new URL('../../packages/core/dist/engine/wasm/', import.meta.url));
    worker.send(helloWith(url, { engines: ['wasm-strict'], kernels: build }));
    const welcome = await worker.message(({ type }) => type === 'welcome', 'The welcome');
    const { seed, microbatch, model, coding } = welcome.spec as unknown as {
      seed: number;
      coding: { down: 'f32' | 'int8' | 'int4' };
      microbatch: number;
      model: ModelJson;
    };
    const executor = await ForeignExecutor.create(wasm, model, microbatch);
    worker.versions.set(0, executor.initialVector(seed));
    if (coding.down !== 'f32')
      worker.coding = new ForeignCoding(executor.model, { seed, coding: { down: coding.down } });
    worker.onMessage((message) => {
      if (message.type !== 'lease') return;
      const answers = answersTo(message, worker, (leaf) => {
        executor.setParameters(leaf.parameters);
        const inputs = Float32Array.from(leaf.values, (byte) => byte / 255);
        return { ...executor.compute({ ...leaf, inputs }, seed, leaf.epoch), count: leaf.labels.length };
      });
      for (const answer of answers) worker.send(answer);
    });

    const result = await coordinator.result();
    const alone = await cluster.alone();
    expect(result).toMatchObject({ state: 'finished', parametersSha256: alone.parametersSha256 });
    expect(await worker.closed).toEqual({ code: 4000, reason: 'finished' });
    expect(await coordinator.end()).toMatchObject({ code: 0 });
  },
);
