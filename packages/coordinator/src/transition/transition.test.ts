import { RandomStream } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { DrivenRun, newPolicy, runFacts, TRUTH } from './drivenRun.suite.ts';
import type { GrantEffect } from './model/effects.ts';
import { DEFAULT_SCHEDULING, type RunFacts } from './model/facts.ts';

/** Two epochs of steps of ten microbatches, the last one of what is left. */
const facts = (overrides: Record<string, unknown> = {}, train = 100): RunFacts =>
  runFacts({ epochs: 2, ...overrides }, { train, validation: 10 });

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

describe('transition', () => {
  it('runs steps, validations and the test to the end with one worker', () => {
    const run = new DrivenRun(facts());
    run.join(1);
    for (let i = 0; run.end === undefined && i < 1000; i += 1) run.answer(run.grants[0]);
    expect(run.updates.map((update) => update.sum)).toEqual(
      [10, 10, 5, 10, 10, 5].map((leaves) => bracketed(leaves)),
    );
    expect(run.updates.map((update) => update.count)).toEqual([40, 40, 20, 40, 40, 20]);
    expect(run.end).toMatchObject({ state: 'finished', epochs: 2, steps: 6, testAccuracy: 2 / 6 });
    expect(run.tensors.size).toBe(0);
  });

  it('counts every sample once along the same tree, whatever workers do', () => {
    for (let seed = 0; seed < 150; seed += 1) {
      const stream = new RandomStream([seed, 99, 0, 0], 0);
      let at = 0;
      const pick = (bound: number): number => stream.integer(at++, bound);
      const run = new DrivenRun(facts({ epochs: 1 }, 60 + pick(60)));
      let next = 1;
      for (let step = 0; run.end === undefined; step += 1) {
        expect(step, `seed ${seed} makes no progress`).toBeLessThan(5000);
        run.now += pick(400);
        const alive = [...run.state.workers.keys()];
        const open = run.grants.filter((grant) => alive.includes(grant.worker));
        const roll = pick(20);
        if (alive.length === 0 || (roll === 0 && alive.length < 5))
          run.join(next++, { probeMs: 1 + pick(50) });
        else if (roll === 1)
          run.send({
            type: 'left',
            worker: alive[pick(alive.length)]!,
            reason: { type: 'text', text: 'killed.' },
          });
        else if (roll === 2) run.later(0);
        else if (open.length > 0) {
          const grant = open[pick(open.length)]!;
          run.answer(grant);
          // An answer may come twice: the connection broke after sending, or a copy was computed elsewhere.
          if (pick(5) === 0) run.grants.push(grant);
        }
      }
      const { counts, spec } = run.state.facts;
      const sizes = Array.from({ length: Math.ceil(counts.train / spec.batch) }, (_, i) =>
        Math.min(spec.batch, counts.train - i * spec.batch),
      );
      expect(run.updates).toEqual(
        sizes.map((count) => ({ sum: bracketed(Math.ceil(count / spec.microbatch)), count })),
      );
      expect(run.tensors.size, `seed ${seed} leaks tensors`).toBe(0);
    }
  });

  it('gives a worker that joins mid-step work at once', () => {
    const run = new DrivenRun(facts());
    run.join(1);
    expect(new Set(run.grants.map((grant) => grant.worker))).toEqual(new Set([1]));
    run.join(2);
    expect(run.grants.some((grant) => grant.worker === 2)).toBe(true);
  });

  it('hands the leases of a worker that left to another', () => {
    const run = new DrivenRun(facts());
    run.join(1);
    const lost = run.grants.splice(0);
    run.send({ type: 'left', worker: 1, reason: { type: 'text', text: 'killed.' } });
    run.join(2);
    expect(Math.min(...run.grants.map((grant) => grant.from))).toBe(
      Math.min(...lost.map((grant) => grant.from)),
    );
    expect(
      run.messages.some((message) => message.includes('go to others') || message.includes('goes to others')),
    ).toBe(true);
  });

  it('sends values where they are cheaper, to a worker that is ready none, and always to one that fetches no blocks', () => {
    const run = new DrivenRun(facts());
    const next = () => {
      const [grant] = run.grants.splice(0, 1);
      return grant!;
    };
    run.join(1);
    const first = next();
    expect(first.values).toBe('cheaper');
    run.grants.splice(0);
    const fail = (lease: number): void =>
      run.send({
        type: 'failed',
        worker: 1,
        lease,
        code: 'missingSamples',
        message: 'It fetches no blocks.',
      });
    fail(first.lease);
    const again = next();
    expect(again).toMatchObject({ from: first.from, to: first.to, values: 'always' });
    // It need not be told of once: that is how such a worker says it.
    expect(run.messages.filter((message) => message.includes('It fetches no blocks.'))).toEqual([]);
    fail(again.lease);
    expect(run.messages.filter((message) => message.includes('It fetches no blocks.'))).toHaveLength(1);
    run.send({ type: 'ready', worker: 1 });
    const { lease } = next();
    run.grants.splice(0);
    run.send({ type: 'failed', worker: 1, lease, code: 'engineFailed', message: 'No memory.' });
    expect(run.grants.at(-1)?.values).toBe('none');
  });

  it('sends no values to a gateway, which has blocks of its own for those below it', () => {
    const run = new DrivenRun(facts());
    run.join(1, { isGateway: true });
    run.send({ type: 'crew', worker: 1, workers: 3, threads: 3, speed: 0.3 });
    const { stage } = run.state;
    for (let i = 0; run.state.stage.type === 'training' && i < 100; i += 1) {
      expect(run.grants[0]).toMatchObject({ worker: 1, values: 'none' });
      run.answer(run.grants[0], { by: [] });
    }
    expect(stage.type).toBe('training');
    expect(run.grants[0]).toMatchObject({ task: 'evaluate', values: 'none' });
  });

  it('sends the parameters whole to a worker that has not those which it was taken to hold', () => {
    const run = new DrivenRun(facts({ batch: 40, coding: { up: 'f32', down: 'int8' } }), {
      progress: { version: 1 },
    });
    run.join(1);
    const [first, second] = run.grants.splice(0);
    expect(first).toMatchObject({ withParameters: true });
    expect(second).toMatchObject({ withParameters: false, holds: 1 });
    const { lease } = second as GrantEffect;
    run.send({ type: 'failed', worker: 1, lease, code: 'unknownVersion', message: 'It is not here.' });
    expect(run.grants[0]).toMatchObject({ withParameters: true, holds: 0 });
  });

  it('grants a late lease a second time, lets the first answer win and revokes the other', () => {
    const run = new DrivenRun(facts({ batch: 8 }));
    run.join(1);
    run.join(2);
    const frozen = run.grants.filter((grant) => grant.worker === 1);
    const quick = run.grants.filter((grant) => grant.worker === 2);
    run.grants.length = 0;
    for (const grant of quick) run.answer(grant);
    run.later(10_000);
    const copy = run.grants.find((grant) => grant.worker === 2);
    expect(copy).toMatchObject({ from: frozen[0]!.from, to: frozen[0]!.to });
    run.answer(copy!);
    expect(run.updates.length).toBe(1);
    const before = run.updates.length;
    run.answer(frozen[0]!);
    expect(run.updates.length).toBe(before);
    expect(run.tensors.size).toBe(0);
  });

  it('ends as diverged when a second worker confirms that a microbatch is not finite', () => {
    const run = new DrivenRun(facts({ batch: 4 }));
    run.join(1);
    run.join(2);
    const first = run.grants.splice(0).find((grant) => grant.from === 0)!;
    run.answer(first, { finite: false });
    expect(run.end).toBeUndefined();
    const second = run.grants.find((grant) => grant.from === 0)!;
    expect(second.worker).not.toBe(first.worker);
    run.answer(second, { finite: false });
    expect(run.end).toMatchObject({ state: 'diverged' });
    expect(run.end?.reason).toMatchObject({ type: 'diverged' });
  });

  it('goes on when the second evaluation is finite', () => {
    const run = new DrivenRun(facts({ batch: 4 }));
    run.join(1);
    run.join(2);
    const first = run.grants.splice(0).find((grant) => grant.from === 0)!;
    run.answer(first, { finite: false });
    run.answer(run.grants.find((grant) => grant.from === 0)!);
    expect(run.updates.length).toBe(1);
  });

  it('asks a lone worker twice before it believes that a microbatch is not finite', () => {
    const run = new DrivenRun(facts({ batch: 4 }));
    run.join(1);
    run.answer(run.grants[0], { finite: false });
    expect(run.end).toBeUndefined();
    run.answer(run.grants[0], { finite: false });
    expect(run.end?.state).toBe('diverged');
  });

  it('expels a worker whose answer does not fit its lease', () => {
    const run = new DrivenRun(facts());
    run.join(1);
    run.answer(run.grants[0]!, { count: 3 });
    expect(run.all('bye')).toMatchObject([{ worker: 1, code: 'badMessage' }]);
    expect(run.state.workers.size).toBe(0);
  });

  it('refuses a worker whose probe gives other bits', () => {
    const run = new DrivenRun(facts());
    run.join(7, { name: 'liar', probeMs: null });
    run.send({ type: 'probed', worker: 7, fault: 'Loss: expected 1, received 2.', computeMs: 1 });
    const detail = 'Loss: expected 1, received 2.';
    expect(run.all('bye')).toEqual([
      { type: 'bye', worker: 7, code: 'probeFailed', why: { type: 'probeWrong', detail } },
    ]);
    expect(run.messages.at(-1)).toMatch(/^liar left: Loss: expected 1, received 2\. Install the same/);
    expect(run.grants).toEqual([]);
  });

  it('ends the connection of a worker that never answers', () => {
    const run = new DrivenRun(facts());
    run.join(1);
    run.later(DEFAULT_SCHEDULING.unansweredMs + 1);
    expect(run.all('bye')).toMatchObject([{ worker: 1, code: 'unanswered' }]);
  });

  it('shares leaves by speed', () => {
    const run = new DrivenRun(facts({ batch: 64, microbatch: 1 }));
    run.join(1);
    run.grants.length = 0;
    run.join(2, { probeMs: 40 });
    const slow = run.grants.filter((grant) => grant.worker === 2);
    expect(slow.reduce((sum, grant) => sum + grant.to - grant.from, 0)).toBeLessThanOrEqual(16);
    expect(slow.length).toBeGreaterThan(0);
  });

  it.each([
    ['in pieces, where computing takes longer than the way', 10, 20, false],
    ['as one node, where it is computed in passing', 20, 0.5, true],
  ])('grants a share %s', (_, wayMs, leafMs, isWhole) => {
    const run = new DrivenRun(facts({ batch: 64 }, 640));
    run.join(1, { probeMs: leafMs });
    for (let step = 0; step < 8; step += 1) {
      const { globalStep } = run.state.progress;
      while (run.state.progress.globalStep === globalStep) {
        const [grant] = run.grants;
        const computeMs = leafMs * ((grant?.to ?? 0) - (grant?.from ?? 0));
        run.now += wayMs + computeMs;
        run.answer(grant, { computeMs });
      }
    }
    const leases = run.grants.map(({ from, to }) => `${from} to ${to}`);
    expect(leases).toEqual(isWhole ? ['0 to 16'] : ['0 to 8', '8 to 12']);
  });

  it.each([
    ['where the first answer counts', { spotCheck: 0, quorum: 1 }],
    ['with spot checks', { spotCheck: 0.3, quorum: 1 }],
    ['with a quorum', { spotCheck: 0.1, quorum: 2 }],
  ])('has the same effects from a copy of its state, %s', (_, trust) => {
    for (let seed = 0; seed < 12; seed += 1) {
      const spec = { trust, numerics: 'fast', earlyStopping: { patience: 5 }, checkpoint: { everySteps: 2 } };
      const run = new DrivenRun(facts(spec));
      const copied = new DrivenRun(facts(spec));
      disturb(run, seed, () => {});
      disturb(copied, seed, (random) => {
        if (random < 0.2) copied.state = structuredClone(copied.state);
      });
      expect(run.effects.length).toBeGreaterThan(50);
      expect(copied.effects).toEqual(run.effects);
      expect(copied.state).toEqual(run.state);
    }
  });
});

/** Three hundred things that may happen to a run, among them lies and changes of policy. */
function disturb(run: DrivenRun, seed: number, beforeEach: (random: number) => void): void {
  const stream = new RandomStream([seed, 98, 0, 0], 0);
  let at = 0;
  const pick = (bound: number): number => stream.integer(at++, bound);
  let next = 1;
  let verified = 0;
  for (let i = 0; i < 300; i += 1) {
    beforeEach(stream.uniform(1_000_000 + i));
    run.now += pick(300);
    const alive = [...run.state.workers.keys()];
    const open = run.grants.filter((grant) => alive.includes(grant.worker));
    const check = run.all('verify')[verified];
    const roll = pick(24);
    if (alive.length < 2 || (roll === 0 && alive.length < 6)) {
      run.join(next, { identity: `identity-${next % 9}`, belief: 'checked', probeMs: 1 + pick(50) });
      next += 1;
    } else if (roll === 1)
      run.send({
        type: 'left',
        worker: alive[pick(alive.length)]!,
        reason: { type: 'text', text: 'killed.' },
      });
    else if (roll < 5) run.later(0, { lagMs: pick(300), busyMs: pick(20) });
    else if (roll === 5) {
      run.send(newPolicy(0.2, 1 + pick(2)));
    } else if (roll === 6)
      run.send(
        pick(2) === 0
          ? { type: 'pause', reason: { type: 'operatorPaused' } }
          : { type: 'resume', reason: { type: 'operatorResumed' } },
      );
    else if (roll < 12 && check !== undefined) {
      verified += 1;
      run.verify(check);
    } else if (open.length > 0) {
      const digest = pick(12) === 0 ? 'lie' : TRUTH;
      run.answer(open[pick(open.length)], { digest, logNorm: pick(100) / 50, computeMs: 1 + pick(40) });
    }
  }
}
