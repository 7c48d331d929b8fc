import {
  findPreset,
  leavesOf,
  type Node,
  nodesOfRange,
  RandomStream,
  resolveRunSpec,
  type UpdateReport,
} from '@shoal/core';
import { describe, expect, it } from 'vitest';
import type { Effect, GrantEffect } from './effects.ts';
import { DEFAULT_SCHEDULING, type RunFacts, type RunState } from './state.ts';
import { initialProgress, startRun, transition } from './transition.ts';

const facts = (overrides: Record<string, unknown> = {}, train = 100): RunFacts => ({
  spec: resolveRunSpec({
    ...findPreset('mnist-softmax'),
    batch: 40,
    microbatch: 4,
    epochs: 2,
    earlyStopping: null,
    schedule: { type: 'constant' },
    ...overrides,
  }),
  counts: { train, validation: 10, test: 6 },
  limits: DEFAULT_SCHEDULING,
});

const FINITE: UpdateReport = { finite: true, learningRate: 0.1, gradientNorm: 1, layerNorms: [] };

/** The definition of the tree sum, written as brackets. */
function bracketed(leaves: number): string {
  let level = Array.from({ length: leaves }, (_, i) => `${i}`);
  while (level.length > 1) {
    const next: string[] = [];
    for (let i = 0; i < level.length; i += 2) {
      next.push(level[i + 1] === undefined ? level[i]! : `(${level[i]} ${level[i + 1]})`);
    }
    level = next;
  }
  return level[0]!;
}

function bracketOfNode(node: Node, leaves: number): string {
  if (node.level === 0) return `${node.index}`;
  const left = { level: node.level - 1, index: node.index * 2 };
  const right = { level: node.level - 1, index: node.index * 2 + 1 };
  const [from] = leavesOf(right, leaves);
  if (from >= leaves) return bracketOfNode(left, leaves);
  return `(${bracketOfNode(left, leaves)} ${bracketOfNode(right, leaves)})`;
}

/** A driver whose tensors are the brackets they sum, so that the order of every addition can be read. */
class Bench {
  readonly state: RunState;
  readonly tensors = new Map<number, string>();
  readonly updates: { sum: string; count: number }[] = [];
  readonly messages: string[] = [];
  readonly grants: GrantEffect[] = [];
  readonly byes: Extract<Effect, { type: 'bye' }>[] = [];
  end: Extract<Effect, { type: 'end' }> | null = null;
  now = 0;
  #nextTensor = 1;

  constructor(runFacts: RunFacts) {
    const started = startRun(runFacts, initialProgress(runFacts));
    this.state = started.state;
    this.carry(started.effects);
  }

  send(event: Parameters<typeof transition>[1]): void {
    this.carry(transition(this.state, event, this.now));
  }

  carry(effects: Effect[]): void {
    for (const effect of effects) {
      if (effect.type === 'grant') this.grants.push(effect);
      if (effect.type === 'bye') this.byes.push(effect);
      if (effect.type === 'log') this.messages.push(effect.message);
      if (effect.type === 'end') this.end = effect;
      if (effect.type === 'merge') {
        const [left, right] = [this.tensors.get(effect.into)!, this.tensors.get(effect.from)!];
        this.tensors.set(effect.into, `(${left} ${right})`);
        this.tensors.delete(effect.from);
      }
      if (effect.type === 'free') expect(this.tensors.delete(effect.tensor)).toBe(true);
      if (effect.type === 'update') {
        this.updates.push({ sum: this.tensors.get(effect.tensor)!, count: effect.count });
        this.tensors.delete(effect.tensor);
        this.send({ type: 'updated', report: FINITE });
      }
    }
  }

  join(worker: number, computeMs = 10): void {
    this.send({
      type: 'joined',
      worker,
      identity: `identity-${worker}`,
      name: `w${worker}`,
      threads: 1,
      origin: null,
      belief: 'believed',
    });
    this.send({ type: 'probed', worker, fault: null, computeMs });
  }

  answer(grant: GrantEffect, change: Partial<{ finite: boolean; count: number }> = {}): void {
    const { spec, counts } = this.state.facts;
    const total =
      grant.set === 'train'
        ? Math.min(spec.batch, counts.train - grant.step * spec.batch)
        : counts[grant.set];
    for (const node of nodesOfRange(grant.from, grant.to, grant.leaves)) {
      const [from, to] = leavesOf(node, grant.leaves);
      const finite = change.finite ?? true;
      let tensor: number | null = null;
      if (grant.task === 'gradient' && finite) {
        tensor = this.#nextTensor++;
        this.tensors.set(tensor, bracketOfNode(node, grant.leaves));
      }
      const count = change.count ?? Math.min(to * spec.microbatch, total) - from * spec.microbatch;
      this.send({
        type: 'partial',
        worker: grant.worker,
        lease: grant.lease,
        node,
        finite,
        loss: 1,
        correct: to - from,
        count,
        tensor,
        computeMs: 5,
        digest: '',
        logNorm: null,
      });
    }
  }
}

describe('transition', () => {
  it('runs steps, validations and the test to the end with one worker', () => {
    const bench = new Bench(facts());
    bench.join(1);
    for (let i = 0; bench.end === null && i < 1000; i += 1) bench.answer(bench.grants.shift()!);
    expect(bench.updates.map((update) => update.sum)).toEqual(
      [10, 10, 5, 10, 10, 5].map((leaves) => bracketed(leaves)),
    );
    expect(bench.updates.map((update) => update.count)).toEqual([40, 40, 20, 40, 40, 20]);
    expect(bench.end?.end).toMatchObject({ state: 'finished', epochs: 2, steps: 6, testAccuracy: 2 / 6 });
    expect(bench.tensors.size).toBe(0);
  });

  it('counts every sample once along the same tree, whatever workers do', () => {
    for (let seed = 0; seed < 150; seed += 1) {
      const stream = new RandomStream([seed, 99, 0, 0], 0);
      let at = 0;
      const pick = (bound: number): number => stream.integer(at++, bound);
      const bench = new Bench(facts({ epochs: 1 }, 60 + pick(60)));
      let next = 1;
      for (let step = 0; bench.end === null; step += 1) {
        expect(step, `seed ${seed} makes no progress`).toBeLessThan(5000);
        bench.now += pick(400);
        const alive = [...bench.state.workers.keys()];
        const open = bench.grants.filter((grant) => alive.includes(grant.worker));
        const roll = pick(20);
        if (alive.length === 0 || (roll === 0 && alive.length < 5)) bench.join(next++, 1 + pick(50));
        else if (roll === 1)
          bench.send({ type: 'left', worker: alive[pick(alive.length)]!, reason: 'killed.' });
        else if (roll === 2) bench.send({ type: 'tick', lagMs: 0, busyMs: 0 });
        else if (open.length > 0) {
          const grant = open[pick(open.length)]!;
          // An answer may come twice: the connection broke after sending, or a copy was computed elsewhere.
          if (pick(5) > 0) bench.grants.splice(bench.grants.indexOf(grant), 1);
          bench.answer(grant);
        }
      }
      const { counts, spec } = bench.state.facts;
      const sizes = Array.from({ length: Math.ceil(counts.train / spec.batch) }, (_, i) =>
        Math.min(spec.batch, counts.train - i * spec.batch),
      );
      expect(bench.updates).toEqual(
        sizes.map((count) => ({ sum: bracketed(Math.ceil(count / spec.microbatch)), count })),
      );
      expect(bench.tensors.size, `seed ${seed} leaks tensors`).toBe(0);
    }
  });

  it('gives a worker that joins mid-step work at once', () => {
    const bench = new Bench(facts());
    bench.join(1);
    expect(new Set(bench.grants.map((grant) => grant.worker))).toEqual(new Set([1]));
    bench.join(2);
    expect(bench.grants.some((grant) => grant.worker === 2)).toBe(true);
  });

  it('hands the leases of a worker that left to another', () => {
    const bench = new Bench(facts());
    bench.join(1);
    const lost = bench.grants.splice(0);
    bench.send({ type: 'left', worker: 1, reason: 'killed.' });
    bench.join(2);
    expect(Math.min(...bench.grants.map((grant) => grant.from))).toBe(
      Math.min(...lost.map((grant) => grant.from)),
    );
    expect(
      bench.messages.some(
        (message) => message.includes('go to others') || message.includes('goes to others'),
      ),
    ).toBe(true);
  });

  it('grants a late lease a second time, lets the first answer win and revokes the other', () => {
    const bench = new Bench(facts({ batch: 8 }));
    bench.join(1);
    bench.join(2);
    const frozen = bench.grants.filter((grant) => grant.worker === 1);
    const quick = bench.grants.filter((grant) => grant.worker === 2);
    bench.grants.length = 0;
    for (const grant of quick) bench.answer(grant);
    bench.now += 10_000;
    bench.send({ type: 'tick', lagMs: 0, busyMs: 0 });
    const copy = bench.grants.find((grant) => grant.worker === 2);
    expect(copy).toMatchObject({ from: frozen[0]!.from, to: frozen[0]!.to });
    bench.answer(copy!);
    expect(bench.updates.length).toBe(1);
    const before = bench.updates.length;
    bench.answer(frozen[0]!);
    expect(bench.updates.length).toBe(before);
    expect(bench.tensors.size).toBe(0);
  });

  it('ends as diverged when a second worker confirms that a microbatch is not finite', () => {
    const bench = new Bench(facts({ batch: 4 }));
    bench.join(1);
    bench.join(2);
    const first = bench.grants.splice(0).find((grant) => grant.from === 0)!;
    bench.answer(first, { finite: false });
    expect(bench.end).toBeNull();
    const second = bench.grants.find((grant) => grant.from === 0)!;
    expect(second.worker).not.toBe(first.worker);
    bench.answer(second, { finite: false });
    expect(bench.end?.end).toMatchObject({ state: 'diverged' });
    expect(bench.end?.end.reason).toContain('smaller learning rate');
  });

  it('goes on when the second evaluation is finite', () => {
    const bench = new Bench(facts({ batch: 4 }));
    bench.join(1);
    bench.join(2);
    const first = bench.grants.splice(0).find((grant) => grant.from === 0)!;
    bench.answer(first, { finite: false });
    bench.answer(bench.grants.find((grant) => grant.from === 0)!);
    expect(bench.updates.length).toBe(1);
  });

  it('asks a lone worker twice before it believes that a microbatch is not finite', () => {
    const bench = new Bench(facts({ batch: 4 }));
    bench.join(1);
    bench.answer(bench.grants.shift()!, { finite: false });
    expect(bench.end).toBeNull();
    bench.answer(bench.grants.shift()!, { finite: false });
    expect(bench.end?.end.state).toBe('diverged');
  });

  it('expels a worker whose answer does not fit its lease', () => {
    const bench = new Bench(facts());
    bench.join(1);
    bench.answer(bench.grants[0]!, { count: 3 });
    expect(bench.byes).toMatchObject([{ worker: 1, code: 'badMessage' }]);
    expect(bench.state.workers.size).toBe(0);
  });

  it('refuses a worker whose probe gives other bits', () => {
    const bench = new Bench(facts());
    bench.send({
      type: 'joined',
      worker: 7,
      identity: 'identity-7',
      name: 'liar',
      threads: 1,
      origin: null,
      belief: 'believed',
    });
    bench.send({ type: 'probed', worker: 7, fault: 'Loss: expected 1, received 2.', computeMs: 1 });
    expect(bench.byes).toMatchObject([{ worker: 7, code: 'probeFailed' }]);
    expect(bench.byes[0]?.message).toMatch(/^Loss: expected 1, received 2\. Install the same Shoal release/);
    expect(bench.grants).toEqual([]);
  });

  it('ends the connection of a worker that never answers', () => {
    const bench = new Bench(facts());
    bench.join(1);
    bench.now += DEFAULT_SCHEDULING.unansweredMs + 1;
    bench.send({ type: 'tick', lagMs: 0, busyMs: 0 });
    expect(bench.byes).toMatchObject([{ worker: 1, code: 'unanswered' }]);
  });

  it('shares leaves by speed', () => {
    const bench = new Bench(facts({ batch: 64, microbatch: 1 }));
    bench.join(1, 10);
    bench.grants.length = 0;
    bench.join(2, 40);
    const slow = bench.grants.filter((grant) => grant.worker === 2);
    expect(slow.reduce((sum, grant) => sum + grant.to - grant.from, 0)).toBeLessThanOrEqual(16);
    expect(slow.length).toBeGreaterThan(0);
  });
});
