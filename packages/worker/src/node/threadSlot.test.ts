import { existsSync } from 'node:fs';
import { bytesOf, compileModel, type EngineName, initialParameters, selectSamples } from '@shoal/core';
import { expect, test } from 'vitest';
import type { SlotAnswer, SlotRequest } from '../slot/slotMessages.ts';
import { numbersOf, slotHere, tinyData, tinySpec } from '../tinyRun.suite.ts';
import { threadSlot } from './threadSlot.ts';

/** Threads run the built script. */
const built = existsSync(new URL('../../dist/node/slotThread.js', import.meta.url));
if (!built) console.warn('Skipped: worker threads run the built script; run "npm run build" first.');

/** Sent twice, so that the second job is computed in buffers that went round. */
function requests(): SlotRequest[] {
  const vector = bytesOf(initialParameters(compileModel(tinySpec.model), tinySpec.seed));
  const compute = (job: number): SlotRequest => {
    const numbers = numbersOf(0, 7, 13);
    const samples = selectSamples(tinyData.train, numbers);
    const range = { from: 0, to: 7, leaves: 7, scales: null };
    return { type: 'compute', job, task: 'gradient', step: 0, ...range, numbers, samples };
  };
  return [
    { type: 'setup', engine: 'wasm-strict', spec: tinySpec, trainCount: 40 },
    { type: 'parameters', version: 0, vector, given: true },
    { type: 'recycle', buffer: new ArrayBuffer(vector.length) },
    compute(1),
    compute(2),
    compute(3),
  ];
}

test.skipIf(!built)('a thread gives the same answers as a slot in this thread', async () => {
  const inThread: SlotAnswer[] = [];
  await new Promise<void>((resolve, reject) => {
    const slot = threadSlot({
      onAnswer: (answer) => {
        if (inThread.push(answer) === 3) void slot.close().then(resolve);
      },
      onDied: (reason) => reject(new Error(reason)),
    });
    for (const request of requests()) slot.post(request);
  });
  const here: SlotAnswer[] = [];
  await new Promise<void>((resolve, reject) => {
    const slot = slotHere({
      onAnswer: (answer) => {
        if (here.push(answer) === 3) resolve();
      },
      onUnusable: reject,
    });
    for (const request of requests()) slot.handle(request);
  });
  const sums = (answers: SlotAnswer[]) =>
    answers.map((answer) => (answer.type === 'finished' ? answer.answers : answer));
  expect(sums(inThread)).toEqual(sums(here));
  expect(inThread).toHaveLength(3);
});

test.skipIf(!built)('a thread that cannot be set up dies with the reason', async () => {
  const reason = await new Promise<string>((resolve) => {
    const slot = threadSlot({ onAnswer: () => {}, onDied: resolve });
    slot.post({ type: 'setup', engine: 'none' as EngineName, spec: tinySpec, trainCount: 40 });
  });
  expect(reason).toContain('This worker has no engine "none"; it has ');
});
