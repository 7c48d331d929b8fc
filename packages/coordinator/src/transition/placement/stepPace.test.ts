import { describe, expect, it } from 'vitest';
import { DrivenRun, runFacts } from '../drivenRun.suite.ts';

const PAUSE = { type: 'pause', reason: { type: 'operatorPaused' } } as const;
const RESUME = { type: 'resume', reason: { type: 'operatorResumed' } } as const;
const STEP = { type: 'step', reason: { type: 'operatorSteps' } } as const;
const paceOf = (stepsPerSecond: number | null) => ({ type: 'pace', stepsPerSecond }) as const;

const TICK_MS = 50;

/** Steps of ten leaves, so many an epoch. */
function runWith(stepsPerEpoch: number, workers: readonly number[] = [1, 2]): DrivenRun {
  const run = new DrivenRun(runFacts({ epochs: 3 }, { train: 40 * stepsPerEpoch }));
  for (const worker of workers) run.join(worker);
  return run;
}

/** Whatever is granted is answered at once. */
function answerAll(run: DrivenRun): void {
  while (run.grants.length > 0) run.answerNext();
}

/** @returns when each step was done that ended meanwhile */
function watch(run: DrivenRun, ms: number): number[] {
  const done: number[] = [];
  const note = (): void => {
    for (let before = run.all('stepDone').length; run.grants.length > 0; ) {
      run.answerNext();
      const now = run.all('stepDone').length;
      if (now > before) done.push(run.now);
      before = now;
    }
  };
  note();
  for (const until = run.now + ms; run.now < until; ) {
    run.later(TICK_MS);
    note();
  }
  return done;
}

describe('slow motion', () => {
  it('begins no step before its time, and all of them at the same sums', () => {
    const peace = runWith(4);
    while (peace.end === undefined) peace.answerNext();
    const slow = runWith(4, []);
    slow.send(paceOf(4));
    slow.join(1);
    slow.join(2);
    expect(watch(slow, 3_000)).toEqual([
      0, 250, 500, 750, 1_000, 1_250, 1_500, 1_750, 2_000, 2_250, 2_500, 2_750,
    ]);
    expect(slow.end).toEqual(peace.end);
    expect(slow.updates).toEqual(peace.updates);
  });

  it('has the mean that was asked for where its clock is too coarse for each beat', () => {
    const run = runWith(100, []);
    run.send(paceOf(7));
    run.join(1);
    expect(watch(run, 10_050)).toHaveLength(71);
  });

  it('makes up for no time in which steps took longer than they had', () => {
    const run = runWith(100, []);
    run.send(paceOf(10));
    run.join(1);
    // Its one lease is away for a second.
    for (let i = 0; i < 20; i += 1) run.later(TICK_MS);
    const done = watch(run, 500);
    expect(done).toEqual([1_000, 1_000, 1_100, 1_200, 1_300, 1_400, 1_500]);
  });

  it('holds back neither validation nor what is in flight', () => {
    const run = runWith(1);
    run.send(paceOf(1));
    answerAll(run);
    // The step, the validation behind it, and no second step.
    expect(run.state.progress).toMatchObject({ epoch: 1, step: 0, globalStep: 1 });
    expect(run.state.leases.size).toBe(0);
    run.later(950);
    expect(run.grants).toEqual([]);
    run.later(50);
    expect(run.grants).not.toEqual([]);
  });

  it('ends at once when full speed is asked for, and tells what was changed alone', () => {
    const run = runWith(4);
    run.send(paceOf(0.01));
    run.send(paceOf(0.01));
    answerAll(run);
    expect(run.state.progress.globalStep).toBe(1);
    run.send(paceOf(null));
    answerAll(run);
    expect(run.end?.steps).toBe(12);
    expect(run.messages.slice(2)).toEqual([
      'The run goes on in slow motion: at most 0.01 steps a second. Not a bit of it changes.',
      'The run goes at full speed from now on.',
    ]);
  });

  it('leaves nobody late, and calls nobody a burden', () => {
    const run = runWith(100);
    run.send(paceOf(0.01));
    answerAll(run);
    for (let second = 0; second < 90; second += 1) run.later(1_000);
    expect([...run.state.workers.values()].map(({ stalled }) => stalled)).toEqual([false, false]);
    expect(run.state.workers.size).toBe(2);
  });
});

describe('a step that is asked for', () => {
  it('is the only one that a paused run does, and takes the validation after it along', () => {
    const run = runWith(2);
    run.send(PAUSE);
    answerAll(run);
    const { globalStep } = run.state.progress;
    expect(globalStep).toBe(1);
    run.send(STEP);
    expect(run.messages.at(-1)).toBe('The operator lets the run do one step, and pauses it.');
    answerAll(run);
    run.later(60_000);
    expect(run.grants).toEqual([]);
    expect(run.state.progress).toMatchObject({ epoch: 1, step: 0, globalStep: 2 });
    expect(run.all('epochDone')).toHaveLength(1);
    expect(run.state.paused).toEqual({ type: 'operatorPaused' });
  });

  it('is added to those that were asked for and are not done yet', () => {
    const run = runWith(8, []);
    run.send(PAUSE);
    run.join(1);
    for (let i = 0; i < 3; i += 1) run.send(STEP);
    answerAll(run);
    expect(run.state.progress.globalStep).toBe(3);
  });

  it('pauses a run that goes on behind the step at hand', () => {
    const run = runWith(8);
    run.send(STEP);
    answerAll(run);
    expect(run.state.progress.globalStep).toBe(1);
    run.send(RESUME);
    answerAll(run);
    expect(run.end?.steps).toBe(24);
  });

  it('waits for no pace', () => {
    const run = runWith(8);
    run.send(paceOf(0.01));
    answerAll(run);
    run.send(STEP);
    run.send(STEP);
    answerAll(run);
    expect(run.state.progress.globalStep).toBe(3);
  });

  it('is not done by a run of which it is uncertain who leads, before that is known', () => {
    const run = runWith(8);
    run.send(PAUSE);
    answerAll(run);
    run.send({ type: 'hold', held: true });
    run.send(STEP);
    expect(run.grants).toEqual([]);
    run.send({ type: 'hold', held: false });
    answerAll(run);
    expect(run.state.progress.globalStep).toBe(2);
  });

  it('is not left over when a run was resumed and is paused again', () => {
    const run = runWith(8);
    for (let i = 0; i < 5; i += 1) run.send(STEP);
    run.send(RESUME);
    run.send(PAUSE);
    answerAll(run);
    expect(run.state.progress.globalStep).toBe(1);
  });

  it('ends the run with its test where it is the last one', () => {
    const run = runWith(1);
    run.send(PAUSE);
    answerAll(run);
    for (let i = 0; i < 5 && run.end === undefined; i += 1) {
      run.send(STEP);
      answerAll(run);
    }
    expect(run.end).toMatchObject({ state: 'finished', steps: 3 });
  });
});
