import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StepPoint, sentence } from '@shoal/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSteps, StepFile } from '../folder/stepFile.ts';
import { StepHistory } from './stepHistory.ts';

const point = (globalStep: number): StepPoint => ({
  globalStep,
  loss: 1 / globalStep,
  learningRate: 0.001,
  gradientNorm: 2,
  samplesPerSecond: 1234.5,
});
const numbers = (history: StepHistory): readonly number[] => history.after(0).globalStep;

describe('the curve of the steps', () => {
  test('has every step, once, in columns of one length', () => {
    const history = new StepHistory();
    for (const step of [1, 2, 3, 3, 2, 4]) history.add(point(step));
    expect(history.after(2)).toEqual({
      globalStep: [3, 4],
      loss: [0.333333, 0.25],
      learningRate: [0.001, 0.001],
      gradientNorm: [2, 2],
      samplesPerSecond: [1235, 1235],
    });
    expect(numbers(history)).toEqual([1, 2, 3, 4]);
    expect(history.after(4).globalStep).toEqual([]);
  });

  test('stays bounded and evenly spaced, however long the run', () => {
    const history = new StepHistory(10);
    for (let step = 1; step <= 1000; step += 1) {
      history.add(point(step));
      expect(history.points.length).toBeLessThanOrEqual(10);
    }
    const steps = numbers(history);
    const gaps = new Set(steps.slice(1).map((step, i) => step - (steps[i] as number)));
    expect([...gaps]).toEqual([128]);
    expect(steps.at(-1)).toBe(896);
  });
});

describe('the file of the steps', () => {
  let folder = '';
  let file = '';
  const problems: string[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shoal-steps-'));
    file = join(folder, 'steps.jsonl');
    problems.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('gives back what was written, also after a line that a crash cut short', async () => {
    const steps = new StepFile(file, (fact) => problems.push(sentence(fact, 'en')));
    await steps.begin(new StepHistory());
    for (let step = 1; step <= 5; step += 1) steps.append(point(step));
    await steps.flush();
    await appendFile(file, '[6,0.1');
    expect(numbers(await readSteps(file))).toEqual([1, 2, 3, 4, 5]);
    expect(numbers(await readSteps(join(folder, 'none')))).toEqual([]);
  });

  test('forgets what came after the step that a run resumes from', async () => {
    const first = new StepFile(file, () => {});
    for (let step = 1; step <= 5; step += 1) first.append(point(step));
    await first.flush();
    await appendFile(file, '["not", "a", "step"]\n[6,0.1');
    const resumed = await readSteps(file, 3);
    const second = new StepFile(file, () => {});
    await second.begin(resumed);
    second.append(point(4));
    await second.flush();
    expect(numbers(await readSteps(file))).toEqual([1, 2, 3, 4]);
    expect(await readFile(file, 'utf8')).toBe(
      '[1,1,0.001,2,1235]\n[2,0.5,0.001,2,1235]\n[3,0.333333,0.001,2,1235]\n[4,0.25,0.001,2,1235]\n',
    );
  });

  test('that cannot be written is a gap in a curve, told once', async () => {
    const steps = new StepFile(join(folder, 'none', 'steps.jsonl'), (fact) =>
      problems.push(sentence(fact, 'en')),
    );
    for (let step = 1; step <= 2; step += 1) {
      steps.append(point(step));
      await steps.flush();
    }
    expect(problems).toEqual([expect.stringMatching(/curve of the steps cannot be written .*ENOENT/)]);
  });
});
