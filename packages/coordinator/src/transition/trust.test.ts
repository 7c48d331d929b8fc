/** Believing, checking and agreeing, with made-up tensors and a clock that is moved by hand. */
import { findPreset, leavesOf, nodesOfRange, resolveRunSpec } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import type { Effect, GrantEffect } from './effects.ts';
import type { RunEvent } from './events.ts';
import { type Belief, DEFAULT_SCHEDULING, type TrustPolicy } from './state.ts';
import { initialProgress, startRun, transition } from './transition.ts';

const MICROBATCH = 4;
const TRUTH = 'truth';

class Bench {
  readonly #state: ReturnType<typeof startRun>['state'];
  readonly effects: Effect[] = [];
  #now = 0;
  #tensor = 1;

  /** `microbatches` of a step. Chance is 0.5 for every lease, so that nobody of standing is checked. */
  constructor(trust: TrustPolicy, workers: Readonly<Record<string, Belief>>, microbatches = 1) {
    const spec = resolveRunSpec({
      ...findPreset('mnist-softmax'),
      ...{ batch: microbatches * MICROBATCH, microbatch: MICROBATCH, epochs: 1, earlyStopping: null },
      trust,
    });
    const facts = {
      spec,
      counts: { train: 100 * microbatches * MICROBATCH, validation: 0, test: MICROBATCH },
      limits: DEFAULT_SCHEDULING,
    };
    const progress = initialProgress(facts);
    const names = Object.keys(workers);
    const started = startRun(facts, progress, {
      chance: () => 0.5,
      convicted: [],
      standing: new Map(names.map((name) => [name, 1000])),
      ledger: [],
      snapshots: [{ id: 0, mark: 0, progress }],
    });
    this.#state = started.state;
    for (const [i, name] of names.entries()) {
      const belief = workers[name] ?? 'checked';
      this.send({
        ...{ type: 'joined', worker: i + 1, identity: name, name, threads: 1 },
        ...{ origin: `10.0.0.${i + 1}`, belief },
      });
      this.send({ type: 'probed', worker: i + 1, fault: null, computeMs: 100 });
    }
  }

  get state() {
    return this.#state;
  }

  send(event: RunEvent): void {
    const effects = transition(this.#state, event, this.#now);
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.type !== 'update') continue;
      const report = { finite: true, learningRate: 0.1, gradientNorm: 1, layerNorms: [] };
      this.send({ type: 'updated', report });
    }
  }

  later(ms: number): void {
    this.#now += ms;
    this.send({ type: 'tick', lagMs: 0, busyMs: 0 });
  }

  all<T extends Effect['type']>(type: T): Extract<Effect, { type: T }>[] {
    return this.effects.filter((one): one is Extract<Effect, { type: T }> => one.type === type);
  }

  /** Leases of the step at hand, oldest first. */
  get leases(): GrantEffect[] {
    return this.all('grant').filter(({ step }) => step === this.#state.progress.step);
  }

  get holders(): string[] {
    return this.leases.map(({ worker }) => this.#state.workers.get(worker)?.name ?? 'gone');
  }

  answer(grant: GrantEffect | undefined, digest = TRUTH): void {
    if (grant === undefined) throw new Error('There is no such lease.');
    for (const node of nodesOfRange(grant.from, grant.to, grant.leaves)) {
      const [from, to] = leavesOf(node, grant.leaves);
      this.send({
        ...{ type: 'partial', worker: grant.worker, lease: grant.lease, node, finite: true, loss: 1 },
        ...{ correct: 0, count: (to - from) * MICROBATCH, tensor: this.#next(), computeMs: 100 },
        ...{ digest, logNorm: null },
      } as RunEvent);
    }
  }

  /** The trusted worker has computed what it was asked for last. */
  verify(): void {
    const effect = this.all('verify').at(-1);
    if (effect === undefined) throw new Error('Nothing was asked of the trusted worker.');
    const nodes = nodesOfRange(effect.from, effect.to, effect.leaves).map((node) => {
      const [from, to] = leavesOf(node, effect.leaves);
      const sums = { loss: 1, correct: 0, count: (to - from) * MICROBATCH, tensor: this.#next() };
      return { node, digest: TRUTH, finite: true, sums, agrees: [TRUTH] };
    });
    this.send({ type: 'verified', check: effect.check, nodes });
  }

  #next(): number {
    this.#tensor += 1;
    return this.#tensor;
  }

  get convicted(): string[] {
    return this.all('convicted').map(({ evidence }) => evidence.identity);
  }
}

describe('a quorum', () => {
  const trust = { spotCheck: 0.05, quorum: 2 };

  it('asks for a second opinion only when the first has been given', () => {
    const bench = new Bench(trust, { a: 'checked', b: 'checked', c: 'checked' });
    expect(bench.leases).toHaveLength(1);
    bench.later(100);
    expect(bench.leases).toHaveLength(1);
    bench.answer(bench.leases[0]);
    expect(bench.leases).toHaveLength(2);
    expect(new Set(bench.holders).size).toBe(2);
    bench.answer(bench.leases[1]);
    expect(bench.all('stepDone')).toHaveLength(1);
    expect(bench.all('verify')).toEqual([]);
  });

  it('does not count the answers of two that held the same range before either had answered', () => {
    const bench = new Bench(trust, { a: 'checked', b: 'checked', c: 'checked' });
    const [first] = bench.leases;
    bench.later(1_000);
    const [, copy] = bench.leases;
    expect(bench.leases).toHaveLength(2);
    bench.answer(copy, 'lie');
    bench.answer(first, 'lie');
    expect(bench.all('stepDone')).toEqual([]);
    const [, , third] = bench.leases;
    const liars = bench.holders.slice(0, 2);
    bench.answer(third);
    bench.verify();
    expect(bench.convicted.sort()).toEqual(liars.sort());
    expect(bench.all('stepDone')).toHaveLength(1);
  });

  it('is waited for at the one who was drawn, however free another is', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const bench = new Bench(trust, Object.fromEntries(names.map((name) => [name, 'checked'] as const)), 10);
    const [first] = bench.leases;
    bench.answer(first);
    const seconds = bench.leases.filter(
      ({ from, worker }) => from === first?.from && worker !== first?.worker,
    );
    // Chance is one half: the middle one of the four others, in the order in which they joined.
    const others = [1, 2, 3, 4, 5].filter((id) => id !== first?.worker);
    for (const { worker } of seconds) expect(worker).toBe(others[2]);
    expect(seconds.length).toBeLessThanOrEqual(1);
  });

  it("takes the word of one of the coordinator's own", () => {
    const bench = new Bench(trust, { own: 'believed' });
    bench.answer(bench.leases[0]);
    expect(bench.all('stepDone')).toHaveLength(1);
    expect(bench.all('verify')).toEqual([]);
  });
});

describe('spot checks', () => {
  it("cost nothing among the coordinator's own workers", () => {
    const bench = new Bench({ spotCheck: 0.9, quorum: 1 }, { own: 'believed', other: 'believed' });
    for (let step = 0; step < 20; step += 1) bench.answer(bench.leases[0]);
    expect(bench.all('stepDone')).toHaveLength(20);
    expect(bench.all('verify')).toEqual([]);
    expect(bench.all('keepSnapshot')).toEqual([]);
    expect(bench.state.trust.ledger.size).toBe(0);
  });

  it('are of everybody else, and what they let through is written down', () => {
    const bench = new Bench({ spotCheck: 0.6, quorum: 1 }, { stranger: 'checked' });
    bench.answer(bench.leases[0], 'lie');
    expect(bench.all('stepDone')).toEqual([]);
    bench.verify();
    expect(bench.convicted).toEqual(['stranger']);
  });

  it('keep the state from before the first answer of a stranger', () => {
    const bench = new Bench({ spotCheck: 0.05, quorum: 1 }, { own: 'believed' });
    for (let step = 0; step < 3; step += 1) bench.answer(bench.leases[0]);
    bench.send({
      ...{ type: 'joined', worker: 2, identity: 'stranger', name: 'stranger', threads: 1 },
      ...{ origin: null, belief: 'checked' },
    });
    bench.send({ type: 'probed', worker: 2, fault: null, computeMs: 1 });
    bench.send({ type: 'mode', worker: 1, mode: 'paused' });
    bench.answer(bench.leases[0]);
    expect(bench.all('keepSnapshot')).toEqual([]);
    // A newcomer's first lease is checked, and what was checked needs no keeping; chance lets the second through.
    bench.answer(bench.leases[0]);
    bench.verify();
    bench.answer(bench.leases[0]);
    expect(bench.all('keepSnapshot').map(({ progress }) => progress.globalStep)).toEqual([5]);
  });

  it('are told by nothing: what a worker has done counts when it answers', () => {
    const bench = new Bench({ spotCheck: 0.6, quorum: 1 }, { stranger: 'checked' });
    bench.answer(bench.leases[0]);
    expect(bench.all('stepDone')).toEqual([]);
    expect(bench.state.workers.get(1)?.samples).toBe(MICROBATCH);
  });

  it('leave a late lease to others even where all are of one address', () => {
    const bench = new Bench({ spotCheck: 0.05, quorum: 1 }, { a: 'checked', b: 'checked' });
    for (const worker of bench.state.workers.values()) Object.assign(worker, { origin: '10.0.0.1' });
    bench.later(1_000);
    expect(bench.leases).toHaveLength(2);
    expect(new Set(bench.holders).size).toBe(2);
  });
});

describe('a worker that a lecture makes lie', () => {
  it('is checked from then on, leases in flight included, and is convicted by its first lie', () => {
    const bench = new Bench({ spotCheck: 0.05, quorum: 1 }, { own: 'believed' });
    bench.answer(bench.leases[0]);
    expect(bench.all('verify')).toEqual([]);
    bench.send({ type: 'suspect', identity: 'own', belief: 'suspected' });
    expect(bench.all('verify')).toHaveLength(1);
    bench.answer(bench.leases[0], 'lie');
    bench.verify();
    expect(bench.convicted).toEqual(['own']);
    expect(bench.all('rollBack')).toEqual([]);
    expect(bench.all('stepDone')).toHaveLength(2);
  });

  it('is checked even when checking is switched off meanwhile', () => {
    const bench = new Bench({ spotCheck: 0.05, quorum: 1 }, { own: 'believed' });
    bench.send({ type: 'suspect', identity: 'own', belief: 'suspected' });
    bench.send({ type: 'trust', policy: { spotCheck: 0, quorum: 1 }, reason: 'Off.' });
    bench.answer(bench.leases[0], 'lie');
    bench.verify();
    expect(bench.convicted).toEqual(['own']);
  });

  it('where nothing is checked, leaves its lies in, until checking begins: then they are taken back', () => {
    const bench = new Bench({ spotCheck: 0, quorum: 1 }, { own: 'believed' });
    bench.answer(bench.leases[0]);
    bench.send({ type: 'suspect', identity: 'own', belief: 'checked' });
    bench.answer(bench.leases[0], 'lie');
    bench.answer(bench.leases[0], 'lie');
    expect(bench.all('stepDone')).toHaveLength(3);
    bench.state.trust.standing.delete('own');
    bench.send({ type: 'trust', policy: { spotCheck: 0.6, quorum: 1 }, reason: 'On.' });
    bench.answer(bench.leases[0], 'lie');
    bench.verify();
    expect(bench.convicted).toEqual(['own']);
    expect(bench.all('rollBack')).toMatchObject([{ to: 0, progress: { globalStep: 0 } }]);
  });
});

describe('another policy', () => {
  it('holds for what is in flight', () => {
    const bench = new Bench({ spotCheck: 0, quorum: 1 }, { a: 'checked', b: 'checked', c: 'checked' });
    bench.send({ type: 'trust', policy: { spotCheck: 0.05, quorum: 2 }, reason: 'Two agree.' });
    bench.answer(bench.leases[0]);
    expect(bench.all('stepDone')).toEqual([]);
    expect(bench.leases).toHaveLength(2);
    bench.send({ type: 'trust', policy: { spotCheck: 0.05, quorum: 1 }, reason: 'One will do.' });
    expect(bench.all('stepDone')).toHaveLength(1);
  });

  it('leaves nothing to wait for where only the convicted have answered', () => {
    const bench = new Bench({ spotCheck: 0.05, quorum: 2 }, { a: 'checked', b: 'checked' });
    const [first] = bench.leases;
    bench.answer(first, 'lie');
    const [liar = ''] = bench.holders;
    bench.state.trust.convicted.add(liar);
    bench.send({ type: 'trust', policy: { spotCheck: 0.05, quorum: 1 }, reason: 'One will do.' });
    bench.verify();
    for (const lease of bench.leases.slice(1)) bench.answer(lease);
    expect(bench.all('stepDone')).toHaveLength(1);
  });
});
