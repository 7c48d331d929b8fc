import { expect, test } from 'vitest';
import type { Confusion } from '../lab/confusion.ts';
import { LabError, type LabProblem } from '../lab/labProblem.ts';
import { Cancelled } from '../lab/pace.ts';
import { StateCounter } from './stateCounter.ts';

const confusionOf = (correct: number): Confusion => ({
  ...{ classes: 2, counts: new Uint32Array(4), samples: 10, correct, loss: 0, worst: [] },
});

/** A worker that answers when it is let, with as many right as its parameters say. */
class SlowWorker {
  readonly told: number[] = [];
  #answers: ((failure: Error | null) => void)[] = [];

  tell(message: { readonly type: string; readonly values?: Float32Array }): void {
    this.told.push(message.values?.[0] ?? Number.NaN);
  }

  ask(): Promise<never> {
    const correct = this.told.at(-1) ?? 0;
    return new Promise((resolve, reject) => {
      this.#answers.push((failure) =>
        failure === null ? resolve(confusionOf(correct) as never) : reject(failure),
      );
    });
  }

  async answer(failure: Error | null = null): Promise<void> {
    this.#answers.shift()?.(failure);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  }
}

function counterOf(worker: SlowWorker) {
  const counted: (readonly [number, number])[] = [];
  const problems: LabProblem[] = [];
  const counter = new StateCounter({
    client: worker,
    onCounted: (step, { correct }) => counted.push([step, correct]),
    onProblem: (problem) => problems.push(problem),
  });
  return { counter, counted, problems };
}

const state = (step: number) => ({ step, parameters: Float32Array.of(step / 10) });

test('states that were passed while one is counted are left out, but for the last', async () => {
  const worker = new SlowWorker();
  const { counter, counted } = counterOf(worker);
  for (const step of [10, 20, 30, 40]) counter.count(state(step));
  await worker.answer();
  await worker.answer();
  expect(counted).toEqual([
    [10, 1],
    [40, 4],
  ]);
  expect(worker.told).toEqual([1, 4]);
});

test('what goes wrong is told, what was called off is not, and the next state is counted after either', async () => {
  const worker = new SlowWorker();
  const { counter, counted, problems } = counterOf(worker);
  counter.count(state(10));
  await worker.answer(new LabError({ type: 'noSamples' }));
  counter.count(state(20));
  await worker.answer(new Cancelled('Nobody looks any more.'));
  counter.count(state(30));
  await worker.answer();
  expect(problems).toEqual([{ type: 'noSamples' }]);
  expect(counted).toEqual([[30, 3]]);
});
