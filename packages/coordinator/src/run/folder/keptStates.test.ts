import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileModel } from '@shoal/core';
import { expect, onTestFinished, test } from 'vitest';
import { diskFiles } from '../../files/diskFiles.ts';
import { KeptStates, type KeptStatesOptions, keptSteps, readState, STATES_MAX } from './keptStates.ts';

const MODEL = compileModel({ input: [2], layers: [{ type: 'dense', units: 1 }], loss: 'squared_error' });
const LARGE = compileModel({ input: [600], layers: [{ type: 'dense', units: 600 }], loss: 'cross_entropy' });

/** After this step. */
const parametersAt = (step: number): Float32Array => Float32Array.of(step, -step, 0.5);

async function opened(steps: number, more: Partial<KeptStatesOptions> = {}) {
  const outer = await mkdtemp(join(tmpdir(), 'shoal-states-'));
  onTestFinished(() => rm(outer, { recursive: true, force: true }));
  const folder = more.folder ?? join(outer, 'states');
  const problems: string[] = [];
  const states = new KeptStates({
    ...{ folder, files: diskFiles, model: MODEL, steps, clock: () => 0 },
    ...{ mayWrite: async () => {}, onProblem: (problem) => void problems.push(problem) },
    ...more,
  });
  await states.begin(0);
  return { states, folder, problems };
}

/** Goes through the steps, and waits for each state that is wanted. */
async function goTo(states: KeptStates, from: number, to: number): Promise<void> {
  for (let step = from; step <= to; step += 1) {
    if (!states.isDue(step)) continue;
    states.keep(step, parametersAt(step));
    await states.flush();
  }
}

test('of a short run every state is kept, bit by bit', async () => {
  const { states, folder } = await opened(12);
  states.keepLast(0, parametersAt(0));
  await states.flush();
  await goTo(states, 1, 12);
  expect(await keptSteps(diskFiles, folder)).toEqual(Array.from({ length: 13 }, (_, step) => step));
  expect(await readState(diskFiles, folder, { step: 7, model: MODEL })).toEqual(parametersAt(7));
  expect(await readState(diskFiles, folder, { step: 13, model: MODEL })).toBe(null);
});

test('of a long run a bounded number is kept, evenly spread, and its last step besides', async () => {
  const { states, folder } = await opened(1_001);
  states.keepLast(0, parametersAt(0));
  await states.flush();
  await goTo(states, 1, 1_001);
  states.keepLast(1_001, parametersAt(1_001));
  await states.flush();
  const steps = await keptSteps(diskFiles, folder);
  expect(steps.length).toBeGreaterThan(STATES_MAX / 2);
  expect(steps.length).toBeLessThanOrEqual(STATES_MAX + 1);
  expect(steps.slice(0, 3)).toEqual([0, 32, 64]);
  expect(steps.at(-1)).toBe(1_001);
  expect(new Set(steps.slice(1, -1).map((step, i) => step - (steps[i] ?? 0)))).toEqual(new Set([32]));
});

test('a run that is resumed or taken back forgets what came after, and goes on', async () => {
  const { states, folder } = await opened(20);
  await goTo(states, 1, 15);
  const { states: resumed } = await opened(20, { folder });
  await resumed.begin(10);
  expect(await keptSteps(diskFiles, folder)).toEqual([]);
  await goTo(resumed, 11, 15);
  resumed.forgetAfter(12);
  await resumed.flush();
  expect(await keptSteps(diskFiles, folder)).toEqual([11, 12]);
  expect(resumed.isDue(13)).toBe(true);
});

test('of a large model nothing is kept, not even a folder', async () => {
  const { states, folder } = await opened(20, { model: LARGE });
  expect(states.isDue(1)).toBe(false);
  states.keepLast(1, new Float32Array(LARGE.vectorLength));
  await states.flush();
  await expect(readdir(folder)).rejects.toThrow('ENOENT');
  expect(await keptSteps(diskFiles, folder)).toEqual([]);
});

test('a run that is faster than the disk leaves some out, and never more wait than may', async () => {
  const { states, folder } = await opened(100);
  const wanted: number[] = [];
  for (let step = 1; step <= 100; step += 1) {
    if (!states.isDue(step)) continue;
    wanted.push(step);
    states.keep(step, parametersAt(step));
  }
  await states.flush();
  expect(wanted).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(await keptSteps(diskFiles, folder)).toEqual(wanted);
});

test('what cannot be written is told once, and not tried again', async () => {
  const mayWrite = async (): Promise<void> => {
    throw new Error('another coordinator has taken the run over');
  };
  const { states, folder, problems } = await opened(20, { mayWrite });
  await goTo(states, 1, 5);
  expect([...new Set(problems)]).toEqual(['another coordinator has taken the run over']);
  expect(await keptSteps(diskFiles, folder)).toEqual([]);
});

test('where little of the time is for writing, a state that comes too soon is left out', async () => {
  let now = 0;
  // Each look at the clock takes a millisecond: each write one as well.
  const clock = (): number => {
    now += 1;
    return now;
  };
  const { states, folder } = await opened(20, { clock, partOfTime: 1 / 20 });
  await goTo(states, 1, 20);
  expect(await keptSteps(diskFiles, folder)).toEqual([1, 20].filter((step) => step < 20));
});
