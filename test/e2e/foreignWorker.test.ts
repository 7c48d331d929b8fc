/**
 * docs/protocol.md is enough to write a worker from: one that shares no code with the product, not its codec, not its
 * random numbers, not its arithmetic, trains a whole run alone.
 */
import { resolveRunSpec } from '@shoal/core';
import { expect, test } from 'vitest';
import { Cluster } from '../support/cluster.ts';
import {
  checksum,
  initialVector,
  nodesOf,
  softmaxSums,
  threefryBlock,
} from '../support/foreignArithmetic.ts';
import { answersTo, ForeignWorker, helloWith } from '../support/foreignWorker.ts';

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
});

test('a worker written from the protocol page alone trains a whole run', async () => {
  const spec = resolveRunSpec({
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
  const cluster = await Cluster.of(spec);
  const coordinator = cluster.train(0);
  const url = await coordinator.joinUrl();
  const worker = await ForeignWorker.connect(url);
  worker.versions.set(0, initialVector({ inputs: 100, units: 4 }, 3));
  worker.onMessage((message) => {
    if (message.type !== 'lease') return;
    const run = { microbatch: 6, sampleLength: 100 };
    const answers = answersTo(message, run, worker.versions, ({ parameters, values, labels }) =>
      softmaxSums({ inputs: 100, units: 4 }, parameters, values, labels),
    );
    for (const answer of answers) worker.send(answer);
  });
  worker.send(helloWith(url, { engines: ['blas'], kernels: 'written by hand' }));

  const result = await coordinator.result();
  expect(worker.messages[0]).toMatchObject({ type: 'welcome', protocol: 1, engine: 'blas' });
  expect(result).toMatchObject({ state: 'finished', epochs: 10, steps: 70 });
  // The same run with the product's own arithmetic; only last bits may differ.
  const alone = await cluster.alone();
  if (alone.state !== 'finished') throw new Error(alone.reason);
  expect(result.trainLoss).toBeCloseTo(alone.history.at(-1)?.trainLoss as number, 4);
  expect(await worker.closed).toEqual({ code: 4000, reason: 'finished' });
  expect(await coordinator.end()).toMatchObject({ code: 0 });
});
