import { describe, expect, it } from 'vitest';
import { DrivenRun, OLD_HAND, runFacts, secretThat } from '../drivenRun.suite.ts';
import { chanceOf } from './chance.ts';
import { checkProbability } from './checks.ts';

/** A hundred steps of one microbatch. */
const facts = (spotCheck: number, numerics = 'exact') =>
  runFacts({ batch: 4, epochs: 1, numerics, trust: { spotCheck, quorum: 1 } }, { train: 400, validation: 0 });

describe('the part of the leases that is checked', () => {
  it('is all of a newcomer, and falls with each answer found right to what the policy asks for', () => {
    expect(
      [0, 1, 3, 9, 19, 20, 1_000].map((verifiedAnswers) => checkProbability(0.05, verifiedAnswers)),
    ).toEqual([1, 0.5, 0.25, 0.1, 0.05, 0.05, 0.05]);
    expect(checkProbability(0, 0)).toBe(0);
  });
});

describe('spot checks', () => {
  it("cost nothing among the coordinator's own workers", () => {
    const run = new DrivenRun(facts(1));
    for (const worker of [1, 2]) run.join(worker);
    for (let step = 0; step < 20; step += 1) run.answer(run.leasesOfStep[0]);
    expect(run.all('stepDone')).toHaveLength(20);
    expect(run.all('verify')).toEqual([]);
    expect(run.all('keepSnapshot')).toEqual([]);
    expect(run.state.trust.ledger.size).toBe(0);
  });

  it('are of the leases that the secret draws, and of no others', () => {
    const secret = secretThat(
      (one) => chanceOf(one, 'checked', 1) >= 0.3 && chanceOf(one, 'checked', 2) < 0.3,
    );
    const run = DrivenRun.ofStrangers(['ada'], facts(0.3), { secret });
    expect(run.all('verify')).toEqual([]);
    run.answerNext();
    expect(run.all('stepDone')).toHaveLength(1);
    // Asked for with the lease, so that both compute at the same time.
    expect(run.all('verify')).toEqual([
      {
        ...{ type: 'verify', check: 1, task: 'gradient', set: 'train' },
        ...{ version: 1, step: 1, from: 0, to: 1, leaves: 1 },
      },
    ]);
    run.answerNext();
    expect(run.all('stepDone')).toHaveLength(1);
    run.verify();
    expect(run.all('stepDone')).toHaveLength(2);
    expect(run.all('verifiedAnswers')).toEqual([
      { type: 'verifiedAnswers', identity: 'ada', verified: OLD_HAND + 1 },
    ]);
    expect(run.worker(1).checked).toBe(1);
    expect(run.tensors.size).toBe(0);
  });

  it('convict whoever gave another answer, with what both said as evidence', () => {
    const run = DrivenRun.ofStrangers(['ada'], facts(1));
    run.answerNext(1, { digest: 'lie' });
    expect(run.all('stepDone')).toEqual([]);
    run.verify();
    expect(run.all('convicted').map(({ evidence }) => evidence)).toEqual([
      {
        ...{ identity: 'ada', name: 'ada', lease: 1, node: '0.0', set: 'train', from: 0, to: 1, leaves: 1 },
        ...{ epoch: 0, step: 0, globalStep: 0, version: 0, given: 'lie', expected: 'truth' },
      },
    ]);
    expect(run.all('bye')).toMatchObject([{ worker: 1, code: 'convicted' }]);
    // The truth counts, and nothing has to be taken back.
    expect(run.updates).toEqual([{ sum: '0', count: 4 }]);
    expect(run.all('rollBack')).toEqual([]);
    expect(run.tensors.size).toBe(0);
  });

  it('are told by nothing: what a worker has done counts when it answers', () => {
    const run = DrivenRun.ofStrangers(['ada'], facts(1));
    run.answerNext();
    expect(run.all('stepDone')).toEqual([]);
    expect(run.worker(1).samples).toBe(4);
    expect(run.all('counted')).toEqual([{ type: 'counted', worker: 1 }]);
  });

  it('wait for the one who is checked as long as it is in time, and no longer', () => {
    const run = DrivenRun.ofStrangers(['ada'], facts(1));
    run.verify();
    expect(run.all('stepDone')).toEqual([]);
    run.later(1_000);
    expect(run.all('stepDone')).toHaveLength(1);
    // Who is told to stop and answers all the same changes nothing, and may be wrong without being heard.
    run.answerNext(1, { digest: 'lie' });
    expect(run.convicted).toEqual([]);
    expect(run.all('stepDone')).toHaveLength(1);
  });

  it('hold for an answer that comes after the trusted worker has spoken', () => {
    const honest = DrivenRun.ofStrangers(['ada'], facts(1));
    honest.verify();
    honest.answerNext();
    expect(honest.all('stepDone')).toHaveLength(1);
    expect(honest.worker(1).checked).toBe(1);
    const liar = DrivenRun.ofStrangers(['ada'], facts(1));
    liar.verify();
    liar.answerNext(1, { digest: 'lie' });
    expect(liar.convicted).toEqual(['ada']);
    expect(liar.updates).toEqual([{ sum: '0', count: 4 }]);
    expect(liar.tensors.size).toBe(0);
  });

  it('leave a late lease to others even where all are of one address', () => {
    const run = new DrivenRun(facts(0.05), {
      trust: { verifiedAnswers: new Map(['ada', 'bob'].map((name) => [name, OLD_HAND])) },
      secret: secretThat((one) => [1, 2].every((lease) => chanceOf(one, 'checked', lease) >= 0.05)),
    });
    for (const [i, name] of ['ada', 'bob'].entries()) {
      run.join(i + 1, { identity: name, name, belief: 'checked', origin: '10.0.0.1' });
    }
    run.later(1_000);
    expect(run.leasesOfStep.map(({ worker }) => worker).sort()).toEqual([1, 2]);
  });
});

describe('what is looked at though nobody drew it', () => {
  const quiet = secretThat((one) =>
    Array.from({ length: 12 }).every((_, i) => chanceOf(one, 'checked', i + 1) >= 0.01),
  );

  it('is an answer that is not finite', () => {
    const run = DrivenRun.ofStrangers(['ada'], facts(0.01), { secret: quiet });
    run.answerNext(1, { finite: false, digest: 'not finite' });
    expect(run.all('verify')).toHaveLength(1);
    expect(run.messages.at(-1)).toBe(
      'ada got numbers that are not finite; the trusted worker computes microbatch 0 as well.',
    );
    run.verify();
    expect(run.convicted).toEqual(['ada']);
    expect(run.end).toBeUndefined();
  });

  it('is a gradient of an unusual length, once it is known what is usual', () => {
    const run = DrivenRun.ofStrangers(['ada'], facts(0.01, 'fast'), { secret: quiet });
    for (let step = 0; step < 8; step += 1) run.answerNext(1, { logNorm: Math.log(1 + step / 100) });
    expect(run.all('stepDone')).toHaveLength(8);
    run.answerNext(1, { logNorm: Math.log(2) });
    expect(run.all('stepDone')).toHaveLength(9);
    run.answerNext(1, { logNorm: Math.log(100) });
    expect(run.all('verify')).toHaveLength(1);
    expect(run.messages.at(-1)).toMatch(/of an unusual length \(by a factor of 96\); the trusted worker/);
    run.verify();
    expect(run.convicted).toEqual([]);
    expect(run.all('stepDone')).toHaveLength(10);
  });
});
