import { type Answer, initialParameters, sentence } from '@shoal/core';
import { type Slot, type SlotFactory, threadSlot } from '@shoal/worker';
import { expect, onTestFinished, test } from 'vitest';
import type { VerifyEffect } from '../../transition/model/effects.ts';
import { prepareRun, probeAnswer } from '../preparation/prepare.ts';
import { smallData, smallSpec } from '../smallRun.suite.ts';
import { TrustedWorker } from './trustedWorker.ts';

const run = prepareRun(smallSpec, smallData);
const initial = initialParameters(run.model, smallSpec.seed);

/** The probe's microbatch, whose right answer is known otherwise. */
const effect = (check: number): VerifyEffect => ({
  ...{ type: 'verify', check, task: 'gradient', set: 'train', version: 0, epoch: 0, step: 0 },
  ...{ from: 0, to: 1, leaves: 1 },
});

function open(slots: SlotFactory): { readonly worker: TrustedWorker; readonly lost: string[] } {
  const lost: string[] = [];
  const worker = new TrustedWorker({
    trainCount: run.data.train.count,
    spec: smallSpec,
    leases: run.leases,
    slots,
    onLost: (reason) => lost.push(sentence(reason, 'en')),
  });
  onTestFinished(() => worker.close());
  return { worker, lost };
}

const computed = (worker: TrustedWorker, check: number): Promise<readonly Answer<Float32Array>[]> =>
  new Promise((resolve) =>
    worker.compute(effect(check), { parameters: () => initial, scales: null }, resolve),
  );

async function expectRight(nodes: readonly Answer<Float32Array>[]): Promise<void> {
  const [node] = nodes;
  expect(nodes).toHaveLength(1);
  const gradient = new Uint8Array((node?.vector ?? new Float32Array(0)).slice().buffer);
  const { finite = false, loss = 0, correct = 0, count = 1 } = node ?? {};
  const partial = { type: 'partial', lease: 0, level: 0, index: 0, checksum: 0, computeMs: 1 } as const;
  const probe = await probeAnswer(run);
  expect(probe.faultOf({ ...partial, finite, loss, correct, count, vector: gradient })).toBeNull();
}

test('a thread of its own computes the bits that every worker has to', async () => {
  const { worker } = open(threadSlot);
  const both = await Promise.all([computed(worker, 1), computed(worker, 2)]);
  for (const nodes of both) await expectRight(nodes);
});

test('what a thread that died was asked for is asked of the next', async () => {
  let started = 0;
  const { worker, lost } = open((events) => {
    started += 1;
    if (started > 2) return threadSlot(events);
    const slot: Slot = {
      readsAtOnce: true,
      post: (request) => {
        if (request.type === 'compute') setImmediate(() => events.onDied('Its memory was gone.'));
      },
      close: async () => {},
    };
    return slot;
  });
  await expectRight(await computed(worker, 1));
  expect(started).toBe(3);
  expect(lost).toEqual([]);
});

test('when no thread can go on, that is told once and nothing is answered', async () => {
  const { worker, lost } = open((events) => ({
    readsAtOnce: true,
    post: (request) => {
      if (request.type === 'compute') setImmediate(() => events.onDied('Its memory was gone.'));
    },
    close: async () => {},
  }));
  let answers = 0;
  worker.compute(effect(1), { parameters: () => initial, scales: null }, () => {
    answers += 1;
  });
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(lost).toHaveLength(1);
  expect(lost[0]).toContain('no answer can be verified');
  expect(answers).toBe(0);
});

test('what was given up is not answered', async () => {
  const { worker } = open(threadSlot);
  let answers = 0;
  worker.compute(effect(1), { parameters: () => initial, scales: null }, () => {
    answers += 1;
  });
  worker.abandon();
  await computed(worker, 2);
  expect(answers).toBe(0);
});
