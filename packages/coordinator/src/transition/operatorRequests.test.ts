import { describe, expect, it } from 'vitest';
import { DrivenRun, runFacts } from './drivenRun.suite.ts';
import { DEFAULT_SCHEDULING } from './model/facts.ts';
import { changeWorker, setReach } from './placement/load.ts';

const PAUSE = { type: 'pause', reason: { type: 'operatorPaused' } } as const;
const RESUME = { type: 'resume', reason: { type: 'operatorResumed' } } as const;
const FINISH = { type: 'finish', reason: { type: 'operatorFinished', epoch: 1, step: 1 } } as const;

const NOT_FINITE = { finite: false, loss: 0 } as const;

/** With these workers. */
function runWith(workers: readonly number[], ...facts: Parameters<typeof runFacts>): DrivenRun {
  const run = new DrivenRun(runFacts(...facts));
  for (const worker of workers) run.join(worker);
  return run;
}

describe('a paused run', () => {
  it('grants nothing, counts what is in flight, and goes on where it was', () => {
    const run = runWith([1, 2]);
    const inFlight = run.grants.length;
    expect(inFlight).toBeGreaterThan(0);
    run.send(PAUSE);
    expect(run.messages.at(-1)).toBe(
      `The operator paused the run. Nothing is granted until it goes on. ${inFlight} leases in flight still count.`,
    );
    while (run.grants.length > 0) run.answerNext();
    run.join(3);
    run.later(0);
    expect(run.grants).toEqual([]);
    expect(run.state.leases.size).toBe(0);
    const done = run.effects.length;
    run.send(RESUME);
    expect(run.messages.at(-1)).toBe('The operator lets the run go on.');
    expect(run.effects.slice(done).some(({ type }) => type === 'grant')).toBe(true);
    run.runTo(6);
    expect(run.state.progress.globalStep).toBe(6);
  });

  it('is paused once and resumed once, however often it is asked', () => {
    const run = runWith([]);
    run.send(RESUME);
    run.send(PAUSE);
    run.send(PAUSE);
    run.send(RESUME);
    run.send(RESUME);
    expect(run.messages).toHaveLength(2);
  });

  it('leaves nobody late: after an hour everyone is granted work as before', () => {
    const run = runWith([1, 2]);
    run.send(PAUSE);
    while (run.grants.length > 0) run.answerNext();
    for (let i = 0; i < 3_600; i += 1) {
      run.later(1_000);
    }
    expect([...run.state.workers.values()].map(({ stalled }) => stalled)).toEqual([false, false]);
    run.send(RESUME);
    expect(new Set(run.grants.map(({ worker }) => worker))).toEqual(new Set([1, 2]));
  });

  it('waits for a lease in flight as long as ever and no longer', () => {
    const run = runWith([1]);
    run.send(PAUSE);
    run.later(DEFAULT_SCHEDULING.unansweredMs + 1);
    expect(run.effects).toContainEqual(expect.objectContaining({ type: 'bye', code: 'unanswered' }));
    run.join(2);
    expect(run.grants.filter(({ worker }) => worker === 2)).toEqual([]);
    run.send(RESUME);
    expect(run.grants.filter(({ worker }) => worker === 2)).not.toEqual([]);
  });

  it('grants no copies of late leases', () => {
    const run = runWith([1, 2], { batch: 8 });
    run.send(PAUSE);
    run.now += 10_000;
    const before = run.grants.length;
    run.later(0);
    expect(run.grants).toHaveLength(before);
    run.send(RESUME);
    run.later(0);
    expect(run.messages.some((message) => message.endsWith('w2 computes them as well.'))).toBe(true);
  });
});

describe('a run that is to finish', () => {
  it('does the step at hand, then tests what it has', () => {
    const run = runWith([1]);
    run.runTo(2);
    run.send(FINISH);
    expect(run.messages.at(-1)).toBe(
      'The operator ended the run in epoch 1, after step 1. The validation at hand is brought to its end.',
    );
    while (run.end === undefined) run.answerNext();
    expect(run.end).toMatchObject({ state: 'finished', reason: FINISH.reason, epochs: 1, steps: 2 });
    expect(run.end.testLoss).toBe(1);
  });

  it('brings a step that was begun to its end, within an epoch', () => {
    const run = runWith([1]);
    run.runTo(3);
    run.send(FINISH);
    expect(run.messages.at(-1)).toBe(
      'The operator ended the run in epoch 1, after step 1. The step at hand is brought to its end.',
    );
    while (run.end === undefined) run.answerNext();
    expect(run.end).toMatchObject({ state: 'finished', epochs: 1, steps: 4 });
    // What a resumed coordinator reads: the test alone is left.
    const checkpoints = run.effects.filter((effect) => effect.type === 'checkpoint');
    expect(checkpoints.at(-1)?.progress).toMatchObject({
      globalStep: 4,
      ending: FINISH.reason,
    });
  });

  it('begins no step of which nothing was granted', () => {
    const run = runWith([1], { batch: 8 });
    run.runTo(1);
    run.send(PAUSE);
    while (run.grants.length > 0) run.answerNext();
    const steps = run.state.progress.globalStep;
    // Nothing is granted in a pause, so the next step is untouched.
    run.send(FINISH);
    expect(run.state.stage.type).toBe('testing');
    while (run.end === undefined) run.answerNext();
    expect(run.end).toMatchObject({ state: 'finished', steps });
  });

  it('restores the best epoch, even the last whole one when steps followed', () => {
    const earlyStopping = { metric: 'validationLoss', patience: 9, restoreBest: true };
    const run = runWith([1], { earlyStopping });
    run.runTo(3);
    expect(run.state.progress).toMatchObject({ epoch: 1, step: 1 });
    run.send(FINISH);
    while (run.end === undefined) run.answerNext();
    expect(run.end.bestEpoch).toBe(1);
    expect(run.effects.filter(({ type }) => type === 'restoreBest')).toHaveLength(1);
    const version = run.state.progress.version;
    expect(version).toBe(run.end.steps + 1);
  });

  it('keeps its parameters when the best epoch is the one it has just done', () => {
    const earlyStopping = { metric: 'validationLoss', patience: 9, restoreBest: true };
    const run = runWith([], { earlyStopping });
    run.join(1);
    while (run.state.progress.globalStep < 4) {
      const { set, from, to } = run.grants[0]!;
      const samples = 4 * (to - from);
      const loss = (run.state.progress.epoch === 0 ? 2 : 1) * samples;
      run.answerNext(1, set === 'validation' ? { loss } : {});
    }
    run.send(FINISH);
    while (run.end === undefined) run.answerNext();
    expect(run.end).toMatchObject({ epochs: 2, bestEpoch: 2 });
    expect(run.effects.some(({ type }) => type === 'restoreBest')).toBe(false);
  });
});

describe('a worker', () => {
  it('that is paused keeps what it holds and is granted nothing more until it may continue', () => {
    const run = runWith([1, 2]);
    run.send({ type: 'mode', worker: 1, mode: 'paused' });
    expect(run.messages.at(-1)).toBe('w1 is paused: it is granted nothing more; what it holds still counts.');
    while (run.grants.some(({ worker }) => worker === 1)) run.answerNext(1);
    run.runTo(2);
    expect(run.grants.some(({ worker }) => worker === 1)).toBe(false);
    run.send({ type: 'mode', worker: 1, mode: 'working' });
    run.runTo(3);
    expect(run.grants.some(({ worker }) => worker === 1)).toBe(true);
  });

  it('that is paused is not asked for a second opinion', () => {
    const run = runWith([1, 2], { batch: 4 });
    run.send({ type: 'mode', worker: 2, mode: 'paused' });
    const grant = run.grants.find(({ worker }) => worker === 1)!;
    run.answer(grant, NOT_FINITE);
    const again = run.grants.at(-1)!;
    expect(again).toMatchObject({ worker: 1, from: 0 });
    expect(again.lease).not.toBe(grant.lease);
  });

  it('that is out of reach is asked for a second opinion all the same, and one that is late is not waited for', () => {
    const far = runWith([1, 2], { batch: 4 });
    setReach(far.state, [{ worker: far.worker(2), inReach: false }]);
    far.answerNext(1, NOT_FINITE);
    expect(far.grants.at(-1)).toMatchObject({ worker: 2, from: 0 });
    far.answerNext(2, NOT_FINITE);
    expect(far.end).toMatchObject({ state: 'diverged' });

    const late = runWith([1, 2], { batch: 4 });
    changeWorker(late.state, late.worker(2), { stalled: true });
    late.answerNext(1, NOT_FINITE);
    expect(late.grants.at(-1)).toMatchObject({ worker: 1, from: 0 });
    late.answerNext(1, NOT_FINITE);
    expect(late.end).toMatchObject({ state: 'diverged' });
  });

  it('that is drained answers what it holds and is then told to go, for good', () => {
    const run = runWith([1, 2]);
    run.send({ type: 'mode', worker: 1, mode: 'draining' });
    expect(run.effects.some(({ type }) => type === 'bye')).toBe(false);
    while (run.grants.some(({ worker }) => worker === 1)) run.answerNext(1);
    expect(run.effects.filter(({ type }) => type === 'bye')).toEqual([
      { type: 'bye', worker: 1, code: 'removed', why: { type: 'drained' } },
    ]);
    expect([...run.state.workers.keys()]).toEqual([2]);
    expect(run.state.draining.size).toBe(0);
    run.runTo(6);
    expect(run.state.progress.globalStep).toBe(6);
  });

  it('that is removed goes at once, and others get what it held', () => {
    const run = runWith([1, 2]);
    run.send({ type: 'remove', worker: 1 });
    expect(run.effects).toContainEqual({
      type: 'bye',
      worker: 1,
      code: 'removed',
      why: { type: 'operatorRemoved' },
    });
    expect(run.messages.at(-1)).toMatch(/^w1 left: The operator has ended your part .* Its .* to others\.$/);
    run.grants.splice(0, run.grants.length, ...run.grants.filter(({ worker }) => worker === 2));
    run.runTo(6);
    expect(run.state.progress.globalStep).toBe(6);
  });

  it('is counted by the samples that it was first to bring, also when it comes back', () => {
    const run = runWith([1]);
    run.runTo(1);
    expect(run.state.workers.get(1)?.samples).toBe(40);
    run.send({ type: 'left', worker: 1, reason: { type: 'text', text: 'The lid was closed.' } });
    expect(run.state.contributed.get('identity-1')).toBe(40);
  });
});
