import { bytesOf, compileModel, type EngineName, initialParameters, selectSamples } from '@shoal/core';
import { expect, test, vi } from 'vitest';
import { numbersOf, slotHere, tinyData, tinySpec } from '../tinyRun.suite.ts';
import { threadComputers } from './computers.ts';
import { engineNamed } from './engines.ts';
import { type ComputeRequest, keptAnswer, type SlotAnswer } from './slotMessages.ts';
import { SlotProgram } from './slotProgram.ts';

const drawn = initialParameters(compileModel(tinySpec.model), tinySpec.seed);
const parameters = (version: number, values: Float32Array) =>
  ({ type: 'parameters', version, vector: bytesOf(values), given: false }) as const;

function job(number: number, from: number, to: number): ComputeRequest {
  const numbers = numbersOf(from, to, 13);
  return {
    type: 'compute',
    job: number,
    task: 'gradient',
    step: 0,
    from,
    to,
    leaves: 7,
    scales: null,
    numbers,
    samples: selectSamples(tinyData.train, numbers),
  };
}

/** A slot that is set up, and its answers as they come; `take` is what is kept of one. */
function startSlot({ lends = false, take = (answer: SlotAnswer): SlotAnswer => answer } = {}) {
  const answers: SlotAnswer[] = [];
  let wake: () => void = () => {};
  let problem: unknown = null;
  const slot = slotHere({
    onAnswer: (answer) => {
      answers.push(take(answer));
      wake();
    },
    lends,
    onUnusable: (thrown) => {
      problem = thrown;
      wake();
    },
  });
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { slot, answers, until, problem: () => problem };
}

test('a slot answers jobs in order, with the parameters that came before them', async () => {
  const { slot, answers, until } = startSlot();
  slot.handle({ type: 'setup', engine: 'wasm-strict', spec: tinySpec, trainCount: 40 });
  slot.handle(parameters(0, drawn));
  slot.handle(job(1, 0, 4));
  slot.handle(
    parameters(
      1,
      drawn.map((value) => value / 2),
    ),
  );
  slot.handle(job(2, 0, 4));
  await until(() => answers.length === 2);
  const [first, second] = answers;
  if (first?.type !== 'finished' || second?.type !== 'finished') throw new Error('Both jobs should finish.');
  expect([first.job, second.job]).toEqual([1, 2]);
  expect(first.answers.map(({ node }) => node)).toEqual([{ level: 2, index: 0 }]);
  expect(first.answers[0]?.vector).not.toEqual(second.answers[0]?.vector);
});

test('parameters that were only lent may change once they have been handed over, whatever the slot is doing', async () => {
  const { slot, answers, until } = startSlot();
  slot.handle({ type: 'setup', engine: 'wasm-strict', spec: tinySpec, trainCount: 40 });
  const vector = bytesOf(drawn.slice());
  // It is being set up: this waits in its queue.
  slot.handle({ type: 'parameters', version: 0, vector, given: false });
  vector.fill(0);
  slot.handle(job(1, 0, 4));
  await until(() => answers.length === 1);
  // It is idle by now, and reads at once.
  const again = bytesOf(drawn.slice());
  slot.handle({ type: 'parameters', version: 1, vector: again, given: false });
  again.fill(0);
  slot.handle(job(2, 0, 4));
  await until(() => answers.length === 2);
  const [first, second] = answers;
  if (first?.type !== 'finished' || second?.type !== 'finished') throw new Error('Both jobs should finish.');
  expect(first.answers.map(({ vector: sums }) => sums)).toEqual(
    second.answers.map(({ vector: sums }) => sums),
  );
  const { slot: other, answers: expected, until: untilThere } = startSlot();
  other.handle({ type: 'setup', engine: 'wasm-strict', spec: tinySpec, trainCount: 40 });
  other.handle(parameters(0, drawn));
  other.handle(job(1, 0, 4));
  await untilThere(() => expected.length === 1);
  expect({ ...first, computeMs: 0 }).toEqual({ ...expected[0], computeMs: 0 });
});

test('a cancelled job stops between microbatches, or never starts, and is answered once', async () => {
  const { slot, answers, until } = startSlot();
  slot.handle({ type: 'setup', engine: 'reference', spec: tinySpec, trainCount: 40 });
  slot.handle(parameters(0, drawn));
  slot.handle(job(1, 0, 7));
  slot.handle(job(2, 0, 7));
  slot.handle(job(3, 0, 1));
  slot.handle({ type: 'cancel', job: 2 });
  slot.handle({ type: 'cancel', job: 1 });
  slot.handle({ type: 'cancel', job: 99 });
  await until(() => answers.length === 3);
  expect(answers.map(({ type, job: number }) => `${type} ${number}`)).toEqual([
    'cancelled 1',
    'cancelled 2',
    'finished 3',
  ]);
});

test('a job that takes long says how far it is, microbatch by microbatch', async () => {
  const answers: SlotAnswer[] = [];
  const finished = new Promise<void>((resolve) => {
    const slot = slotHere({
      onAnswer: (answer) => {
        answers.push(answer);
        if (answer.type === 'finished') resolve();
      },
      onUnusable: (problem) => {
        throw problem;
      },
      progressMs: 0,
    });
    slot.handle({ type: 'setup', engine: 'wasm-strict', spec: tinySpec, trainCount: 40 });
    slot.handle(parameters(0, drawn));
    slot.handle(job(1, 0, 4));
  });
  await finished;
  expect(answers.map((answer) => (answer.type === 'progress' ? answer.done : answer.type))).toEqual([
    ...[2, 4, 6],
    'finished',
  ]);
});

test('a job that cannot be computed fails with a sentence, and the next one is computed', async () => {
  const { slot, answers, until } = startSlot();
  slot.handle({ type: 'setup', engine: 'reference', spec: tinySpec, trainCount: 40 });
  slot.handle(parameters(0, drawn));
  slot.handle({
    ...job(1, 0, 1),
    samples: { ...tinyData.train, inputs: { ...tinyData.train.inputs, shape: [5] } },
  });
  slot.handle(job(2, 0, 1));
  await until(() => answers.length === 2);
  expect(answers[0]).toMatchObject({ type: 'failed', job: 1 });
  expect(answers[0]).toHaveProperty('message', expect.stringContaining('5 values'));
  expect(answers[1]).toMatchObject({ type: 'finished', job: 2 });
});

test('a slot whose engine cannot be set up says so', async () => {
  const { slot, until, problem } = startSlot();
  slot.handle({ type: 'setup', engine: 'none' as EngineName, spec: tinySpec, trainCount: 40 });
  await until(() => problem() !== null);
  expect(String(problem())).toContain('no engine "none"');
});

test('a slot lends its vectors until an answer is taken, and gives them back to itself then', async () => {
  const jobs = Array.from({ length: 20 }, (_, i) => job(i + 1, i % 3, 6 + (i % 2)));
  const run = async (options: Parameters<typeof startSlot>[0]): Promise<SlotAnswer[]> => {
    const { slot, answers, until } = startSlot(options);
    slot.handle({ type: 'setup', engine: 'wasm-strict', spec: { ...tinySpec, batch: 14 }, trainCount: 40 });
    slot.handle(parameters(0, drawn));
    for (const request of jobs) slot.handle(request);
    await until(() => answers.length === jobs.length);
    return answers.map((answer) => ({ ...answer, computeMs: 0 }));
  };
  const sums = (answers: SlotAnswer[]) =>
    answers.map((answer) => (answer.type === 'finished' ? answer.answers : answer));
  const owned = await run({});
  const kept = await run({ lends: true, take: keptAnswer });
  expect(sums(kept)).toEqual(sums(owned));
  expect(owned.every((answer) => answer.type === 'finished' && answer.answers.length > 0)).toBe(true);
  const [first] = await run({ lends: true });
  // It lies where later answers have been computed.
  expect(sums([first as SlotAnswer])).not.toEqual(sums(owned.slice(0, 1)));
});

test('a slot reads samples where they lie, in the rows that it is given', async () => {
  const { slot, answers, until } = startSlot();
  slot.handle({ type: 'setup', engine: 'wasm-strict', spec: tinySpec, trainCount: 40 });
  slot.handle(parameters(0, drawn));
  const request = job(1, 0, 7);
  slot.handle(request);
  slot.handle({ ...request, job: 2, samples: tinyData.train, rows: request.numbers });
  await until(() => answers.length === 2);
  const sums = answers.map((answer) => (answer.type === 'finished' ? answer.answers : answer));
  expect(sums[1]).toEqual(sums[0]);
});

test('a slot that is set up anew has its former computer give back what it holds', async () => {
  const over: number[] = [];
  let opened = 0;
  const slot = new SlotProgram({
    ...{ lends: false, spareBuffersMax: 0, progressMs: 60_000, now: () => 0, pause: async () => {} },
    post: () => {},
    openComputer: async (engine, options) => {
      const computer = await threadComputers(engineNamed)(engine, options);
      const number = opened;
      opened += 1;
      computer.destroy = () => over.push(number);
      return computer;
    },
    onUnusable: (problem) => {
      throw problem;
    },
  });
  const setup = { type: 'setup', engine: 'wasm-strict', spec: tinySpec, trainCount: 40 } as const;
  slot.handle(setup);
  slot.handle(setup);
  await vi.waitUntil(() => opened === 2, 60_000);
  expect(over).toEqual([0]);
});
