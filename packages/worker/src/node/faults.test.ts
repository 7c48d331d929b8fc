import { bytesOf, compileModel, initialParameters, selectSamples } from '@shoal/core';
import { expect, test } from 'vitest';
import type { SlotFactory } from '../shell/slots.ts';
import type { SlotAnswer, SlotRequest } from '../slot/slotMessages.ts';
import { numbersOf, slotHere, tinyData, tinySpec } from '../tinyRun.suite.ts';
import { FaultSwitch, faultySlots } from './faults.ts';

type Finished = Extract<SlotAnswer, { readonly type: 'finished' }>;

const slots: SlotFactory = ({ onAnswer, onDied }) => {
  const slot = slotHere({ onAnswer, onUnusable: (problem) => onDied(String(problem)) });
  return { readsAtOnce: true, post: (request) => slot.handle(request), close: async () => {} };
};

function compute(job: number): SlotRequest {
  const numbers = numbersOf(0, 7, 13);
  const samples = selectSamples(tinyData.train, numbers);
  const range = { from: 0, to: 7, leaves: 7, scales: null };
  return { type: 'compute', job, task: 'gradient', step: 0, ...range, numbers, samples };
}

/** A slot that is set up; `next` does a job with the fault and waits for its answer. */
function slotWith(faults: FaultSwitch) {
  let answered: (answer: SlotAnswer) => void = () => {};
  const slot = faultySlots(
    slots,
    faults,
  )({
    onAnswer: (answer) => answered(answer),
    onDied: (reason) => {
      throw new Error(reason);
    },
  });
  const vector = bytesOf(initialParameters(compileModel(tinySpec.model), tinySpec.seed));
  slot.post({ type: 'setup', engine: 'wasm-strict', spec: tinySpec, trainCount: 40 });
  slot.post({ type: 'parameters', version: 0, vector, given: false });
  let job = 0;
  return {
    slot,
    next: () =>
      new Promise<Finished>((resolve) => {
        job += 1;
        answered = (answer) => resolve(answer as Finished);
        slot.post(compute(job));
      }),
  };
}

test('a worker without a fault gives the answers of its slots', async () => {
  const { next } = slotWith(new FaultSwitch());
  const plain = await next();
  expect(plain.type).toBe('finished');
  expect((await next()).answers).toEqual(plain.answers);
});

test('a poisoned worker turns gradients around and is honest again afterwards', async () => {
  const faults = new FaultSwitch();
  const { next } = slotWith(faults);
  const honest = (await next()).answers.map(({ vector }) => [...(vector ?? [])]);
  faults.fault = 'poisoned';
  const wrong = (await next()).answers.map(({ vector }) => [...(vector ?? [])]);
  expect(wrong).toEqual(honest.map((gradient) => gradient.map((value) => -value)));
  expect(wrong).not.toEqual(honest);
  faults.fault = 'none';
  expect((await next()).answers.map(({ vector }) => [...(vector ?? [])])).toEqual(honest);
});

test('a slowed worker takes ten times as long, says so, and gives the same sums', async () => {
  const faults = new FaultSwitch();
  const { next } = slotWith(faults);
  const plain = await next();
  faults.fault = 'slowed';
  const started = performance.now();
  const slow = await next();
  const tookMs = performance.now() - started;
  expect(slow.answers).toEqual(plain.answers);
  // It says ten times what it computed, and has waited for the other nine tenths (timers are exact to a millisecond).
  expect(tookMs).toBeGreaterThanOrEqual(0.9 * slow.computeMs - 1);
});

test('a worker that is no longer slow does not sit out its slowness', async () => {
  const faults = new FaultSwitch();
  let release: (answer: SlotAnswer) => void = () => {};
  const factory: SlotFactory = ({ onAnswer }) => {
    release = onAnswer;
    return { readsAtOnce: true, post: () => {}, close: async () => {} };
  };
  const answers: SlotAnswer[] = [];
  faultySlots(factory, faults)({ onAnswer: (answer) => answers.push(answer), onDied: () => {} });
  faults.fault = 'slowed';
  release({ type: 'finished', job: 1, answers: [], computeMs: 3_600_000 });
  release({ type: 'cancelled', job: 2 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(answers).toEqual([]);
  faults.fault = 'none';
  await expect.poll(() => answers.map(({ job }) => job)).toEqual([1, 2]);
});
