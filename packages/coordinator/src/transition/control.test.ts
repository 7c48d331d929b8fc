import { findPreset, leavesOf, nodesOfRange, resolveRunSpec, type WorkerMode } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import type { Effect, GrantEffect } from './effects.ts';
import { DEFAULT_SCHEDULING, type RunFacts, type RunState } from './state.ts';
import { initialProgress, startRun, transition } from './transition.ts';

const PAUSE = { type: 'pause', reason: 'The operator paused the run.' } as const;
const RESUME = { type: 'resume', reason: 'The operator lets the run go on.' } as const;
const FINISH = { type: 'finish', reason: 'The operator ended the run.' } as const;

const facts = (overrides: Record<string, unknown> = {}): RunFacts => ({
  spec: resolveRunSpec({
    ...findPreset('mnist-softmax'),
    batch: 40,
    microbatch: 4,
    epochs: 3,
    earlyStopping: null,
    schedule: { type: 'constant' },
    ...overrides,
  }),
  counts: { train: 80, validation: 8, test: 6 },
  limits: DEFAULT_SCHEDULING,
});

/** A driver without tensors: it keeps what was asked of it, in order. */
class Desk {
  readonly state: RunState;
  /** Granted and not answered. */
  readonly grants: GrantEffect[] = [];
  readonly effects: Effect[] = [];
  readonly messages: string[] = [];
  validationLosses = [1, 1, 1];
  now = 0;
  #nextTensor = 1;

  constructor(runFacts: RunFacts = facts()) {
    const started = startRun(runFacts, initialProgress(runFacts));
    this.state = started.state;
    this.#carry(started.effects);
  }

  send(event: Parameters<typeof transition>[1]): void {
    this.#carry(transition(this.state, event, this.now));
  }

  #carry(effects: Effect[]): void {
    for (const effect of effects) {
      this.effects.push(effect);
      if (effect.type === 'grant') this.grants.push(effect);
      if (effect.type === 'log') this.messages.push(effect.message);
      if (effect.type === 'update') {
        const report = { finite: true, learningRate: 0.1, gradientNorm: 1, layerNorms: [] };
        this.send({ type: 'updated', report });
      }
    }
  }

  join(...workers: number[]): void {
    for (const worker of workers) {
      this.send({
        type: 'joined',
        worker,
        identity: `identity-${worker}`,
        name: `w${worker}`,
        threads: 1,
        origin: null,
        belief: 'believed',
      });
      this.send({ type: 'probed', worker, fault: null, computeMs: 10 });
    }
  }

  mode(worker: number, mode: WorkerMode): void {
    this.send({ type: 'mode', worker, mode });
  }

  /** The oldest grant, of this worker if one is named. */
  answer(worker?: number): void {
    const at = worker === undefined ? 0 : this.grants.findIndex((grant) => grant.worker === worker);
    const [grant] = this.grants.splice(at, 1);
    if (grant === undefined || at < 0) throw new Error('Nothing is granted.');
    const { spec, counts } = this.state.facts;
    const samples = grant.set === 'train' ? spec.batch : counts[grant.set];
    const epochLoss =
      grant.set === 'validation' ? (this.validationLosses[this.state.progress.epoch] ?? 1) : 1;
    for (const node of nodesOfRange(grant.from, grant.to, grant.leaves)) {
      const [from, to] = leavesOf(node, grant.leaves);
      const count = Math.min(to * spec.microbatch, samples) - from * spec.microbatch;
      this.send({
        type: 'partial',
        worker: grant.worker,
        lease: grant.lease,
        node,
        finite: true,
        loss: epochLoss * count,
        correct: 0,
        count,
        tensor: grant.task === 'gradient' ? this.#nextTensor++ : null,
        computeMs: 5,
        digest: '',
        logNorm: null,
      });
    }
  }

  /** Answers everything until the run has done so many steps, or has ended. */
  runTo(globalStep: number): void {
    for (let i = 0; i < 1000; i += 1) {
      if (this.end !== undefined || this.state.progress.globalStep >= globalStep) return;
      this.answer();
    }
    throw new Error('The run makes no progress.');
  }

  get end() {
    return this.effects.find((effect) => effect.type === 'end')?.end;
  }
}

describe('a paused run', () => {
  it('grants nothing, counts what is in flight, and goes on where it was', () => {
    const desk = new Desk();
    desk.join(1, 2);
    const inFlight = desk.grants.length;
    expect(inFlight).toBeGreaterThan(0);
    desk.send(PAUSE);
    expect(desk.messages.at(-1)).toBe(
      `The operator paused the run. Nothing is granted until it goes on. ${inFlight} leases in flight still count.`,
    );
    while (desk.grants.length > 0) desk.answer();
    desk.join(3);
    desk.send({ type: 'tick', lagMs: 0, busyMs: 0 });
    expect(desk.grants).toEqual([]);
    expect(desk.state.leases.size).toBe(0);
    const done = desk.effects.length;
    desk.send(RESUME);
    expect(desk.messages.at(-1)).toBe(RESUME.reason);
    expect(desk.effects.slice(done).some(({ type }) => type === 'grant')).toBe(true);
    desk.runTo(6);
    expect(desk.state.progress.globalStep).toBe(6);
  });

  it('is paused once and resumed once, however often it is asked', () => {
    const desk = new Desk();
    desk.send(RESUME);
    desk.send(PAUSE);
    desk.send(PAUSE);
    desk.send(RESUME);
    desk.send(RESUME);
    expect(desk.messages).toHaveLength(2);
  });

  it('leaves nobody late: after an hour everyone is granted work as before', () => {
    const desk = new Desk();
    desk.join(1, 2);
    desk.send(PAUSE);
    while (desk.grants.length > 0) desk.answer();
    for (let i = 0; i < 3_600; i += 1) {
      desk.now += 1_000;
      desk.send({ type: 'tick', lagMs: 0, busyMs: 0 });
    }
    expect([...desk.state.workers.values()].map(({ stalled }) => stalled)).toEqual([false, false]);
    desk.send(RESUME);
    expect(new Set(desk.grants.map(({ worker }) => worker))).toEqual(new Set([1, 2]));
  });

  it('waits for a lease in flight as long as ever and no longer', () => {
    const desk = new Desk();
    desk.join(1);
    desk.send(PAUSE);
    desk.now += DEFAULT_SCHEDULING.unansweredMs + 1;
    desk.send({ type: 'tick', lagMs: 0, busyMs: 0 });
    expect(desk.effects).toContainEqual(expect.objectContaining({ type: 'bye', code: 'unanswered' }));
    desk.join(2);
    expect(desk.grants.filter(({ worker }) => worker === 2)).toEqual([]);
    desk.send(RESUME);
    expect(desk.grants.filter(({ worker }) => worker === 2)).not.toEqual([]);
  });

  it('grants no copies of late leases', () => {
    const desk = new Desk(facts({ batch: 8 }));
    desk.join(1, 2);
    desk.send(PAUSE);
    desk.now += 10_000;
    const before = desk.grants.length;
    desk.send({ type: 'tick', lagMs: 0, busyMs: 0 });
    expect(desk.grants).toHaveLength(before);
    desk.send(RESUME);
    desk.send({ type: 'tick', lagMs: 0, busyMs: 0 });
    expect(desk.messages.some((message) => message.endsWith('w2 computes them as well.'))).toBe(true);
  });
});

describe('a run that is to finish', () => {
  it('does the step at hand, then tests what it has', () => {
    const desk = new Desk();
    desk.join(1);
    desk.runTo(2);
    desk.send(FINISH);
    expect(desk.messages.at(-1)).toBe(
      'The operator ended the run. The validation at hand is brought to its end.',
    );
    while (desk.end === undefined) desk.answer();
    expect(desk.end).toMatchObject({ state: 'finished', reason: FINISH.reason, epochs: 1, steps: 2 });
    expect(desk.end.testLoss).toBe(1);
  });

  it('brings a step that was begun to its end, within an epoch', () => {
    const desk = new Desk();
    desk.join(1);
    desk.runTo(3);
    desk.send(FINISH);
    expect(desk.messages.at(-1)).toBe('The operator ended the run. The step at hand is brought to its end.');
    while (desk.end === undefined) desk.answer();
    expect(desk.end).toMatchObject({ state: 'finished', epochs: 1, steps: 4 });
    // What a resumed coordinator reads: the test alone is left.
    const checkpoints = desk.effects.filter((effect) => effect.type === 'checkpoint');
    expect(checkpoints.at(-1)?.progress).toMatchObject({ globalStep: 4, ending: FINISH.reason });
  });

  it('begins no step of which nothing was granted', () => {
    const desk = new Desk(facts({ batch: 8 }));
    desk.join(1);
    desk.runTo(1);
    desk.send(PAUSE);
    while (desk.grants.length > 0) desk.answer();
    const steps = desk.state.progress.globalStep;
    // Nothing is granted in a pause, so the next step is untouched.
    desk.send(FINISH);
    expect(desk.state.stage.type).toBe('testing');
    while (desk.end === undefined) desk.answer();
    expect(desk.end).toMatchObject({ state: 'finished', steps });
  });

  it('restores the best epoch, even the last whole one when steps followed', () => {
    const earlyStopping = { metric: 'validationLoss', patience: 9, restoreBest: true };
    const desk = new Desk(facts({ earlyStopping }));
    desk.join(1);
    desk.runTo(3);
    expect(desk.state.progress).toMatchObject({ epoch: 1, step: 1 });
    desk.send(FINISH);
    while (desk.end === undefined) desk.answer();
    expect(desk.end.bestEpoch).toBe(1);
    expect(desk.effects.filter(({ type }) => type === 'restoreBest')).toHaveLength(1);
    const version = desk.state.progress.version;
    expect(version).toBe(desk.end.steps + 1);
  });

  it('keeps its parameters when the best epoch is the one it has just done', () => {
    const earlyStopping = { metric: 'validationLoss', patience: 9, restoreBest: true };
    const desk = new Desk(facts({ earlyStopping }));
    desk.validationLosses = [2, 1];
    desk.join(1);
    desk.runTo(4);
    desk.send(FINISH);
    while (desk.end === undefined) desk.answer();
    expect(desk.end).toMatchObject({ epochs: 2, bestEpoch: 2 });
    expect(desk.effects.some(({ type }) => type === 'restoreBest')).toBe(false);
  });
});

describe('a worker', () => {
  it('that is paused keeps what it holds and is granted nothing more until it may continue', () => {
    const desk = new Desk();
    desk.join(1, 2);
    desk.mode(1, 'paused');
    expect(desk.messages.at(-1)).toBe(
      'w1 is paused: it is granted nothing more; what it holds still counts.',
    );
    while (desk.grants.some(({ worker }) => worker === 1)) desk.answer(1);
    desk.runTo(2);
    expect(desk.grants.some(({ worker }) => worker === 1)).toBe(false);
    desk.mode(1, 'working');
    desk.runTo(3);
    expect(desk.grants.some(({ worker }) => worker === 1)).toBe(true);
  });

  it('that is paused is not asked for a second opinion', () => {
    const desk = new Desk(facts({ batch: 4 }));
    desk.join(1, 2);
    desk.mode(2, 'paused');
    const grant = desk.grants.find(({ worker }) => worker === 1)!;
    const doubt = { type: 'partial', worker: 1, lease: grant.lease, node: { level: 0, index: 0 } } as const;
    const sums = {
      finite: false,
      loss: 0,
      correct: 0,
      count: 4,
      tensor: null,
      computeMs: 1,
      digest: '',
      logNorm: null,
    };
    desk.send({ ...doubt, ...sums });
    const again = desk.grants.at(-1)!;
    expect(again).toMatchObject({ worker: 1, from: 0 });
    expect(again.lease).not.toBe(grant.lease);
  });

  it('that is out of reach is asked for a second opinion all the same, and one that is late is not waited for', () => {
    const sums = { finite: false, loss: 0, correct: 0, count: 4, tensor: null, computeMs: 1 } as const;
    const notFinite = { ...sums, digest: '', logNorm: null } as const;
    const doubt = (desk: Desk, worker: number) => {
      const { lease } = desk.grants.filter((grant) => grant.worker === worker).at(-1)!;
      desk.send({ type: 'partial', worker, lease, node: { level: 0, index: 0 }, ...notFinite });
    };
    const far = new Desk(facts({ batch: 4 }));
    far.join(1, 2);
    far.state.workers.get(2)!.inReach = false;
    doubt(far, 1);
    expect(far.grants.at(-1)).toMatchObject({ worker: 2, from: 0 });
    doubt(far, 2);
    expect(far.end).toMatchObject({ state: 'diverged' });

    const late = new Desk(facts({ batch: 4 }));
    late.join(1, 2);
    late.state.workers.get(2)!.stalled = true;
    doubt(late, 1);
    expect(late.grants.at(-1)).toMatchObject({ worker: 1, from: 0 });
    doubt(late, 1);
    expect(late.end).toMatchObject({ state: 'diverged' });
  });

  it('that is drained answers what it holds and is then told to go, for good', () => {
    const desk = new Desk();
    desk.join(1, 2);
    desk.mode(1, 'draining');
    expect(desk.effects.some(({ type }) => type === 'bye')).toBe(false);
    while (desk.grants.some(({ worker }) => worker === 1)) desk.answer(1);
    expect(desk.effects.filter(({ type }) => type === 'bye')).toEqual([
      { type: 'bye', worker: 1, code: 'removed', message: 'It has finished what it held and may go.' },
    ]);
    expect([...desk.state.workers.keys()]).toEqual([2]);
    expect(desk.state.draining.size).toBe(0);
    desk.runTo(6);
    expect(desk.state.progress.globalStep).toBe(6);
  });

  it('that is removed goes at once, and others get what it held', () => {
    const desk = new Desk();
    desk.join(1, 2);
    desk.send({ type: 'remove', worker: 1, reason: 'The operator removed it.' });
    expect(desk.effects).toContainEqual({
      type: 'bye',
      worker: 1,
      code: 'removed',
      message: 'The operator removed it.',
    });
    expect(desk.messages.at(-1)).toMatch(/^w1 left: The operator removed it\. Its .* to others\.$/);
    desk.grants.splice(0, desk.grants.length, ...desk.grants.filter(({ worker }) => worker === 2));
    desk.runTo(6);
    expect(desk.state.progress.globalStep).toBe(6);
  });

  it('is counted by the samples that it was first to bring, also when it comes back', () => {
    const desk = new Desk();
    desk.join(1);
    desk.runTo(1);
    expect(desk.state.workers.get(1)?.samples).toBe(40);
    desk.send({ type: 'left', worker: 1, reason: 'The lid was closed.' });
    expect(desk.state.contributed.get('identity-1')).toBe(40);
  });
});
