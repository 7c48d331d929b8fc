import { describe, expect, it } from 'vitest';
import { DrivenRun, OLD_HAND, runFacts, secretThat } from '../drivenRun.suite.ts';
import { chanceOf } from './chance.ts';

const facts = (microbatches = 1, more: Readonly<Record<string, unknown>> = {}) =>
  runFacts(
    { batch: 4 * microbatches, epochs: 1, trust: { spotCheck: 0.5, quorum: 1 }, ...more },
    { train: 400 * microbatches, validation: 0 },
  );
/** Checks the leases named, of the first twelve. */
const checking = (...leases: number[]) =>
  secretThat((one) =>
    Array.from({ length: 6 }).every(
      (_, i) => chanceOf(one, 'checked', i + 1) < 0.5 === leases.includes(i + 1),
    ),
  );
const LIE = { digest: 'lie' };

describe('the states to go back to', () => {
  it('begin with the one before the first answer of a stranger that nobody recomputed', () => {
    // The stranger's first lease, with the number 5, is a newcomer's and checked; of its second chance decides.
    const run = new DrivenRun(facts(1, { trust: { spotCheck: 0.05, quorum: 1 } }), {
      secret: secretThat((one) => chanceOf(one, 'checked', 6) >= 0.5),
    });
    run.join(1, { identity: 'own' });
    for (let step = 0; step < 3; step += 1) run.answerNext();
    run.join(2, { identity: 'stranger', belief: 'checked' });
    run.send({ type: 'mode', worker: 1, mode: 'paused' });
    run.answerNext();
    run.answerNext(2);
    run.verify();
    expect(run.all('keepSnapshot')).toEqual([]);
    run.answerNext(2);
    expect(run.all('keepSnapshot').map(({ progress }) => progress.globalStep)).toEqual([5]);
    expect([...run.state.trust.ledger.values()]).toEqual([{ identities: ['stranger'], mark: 12 }]);
  });
});

describe('a conviction', () => {
  it('takes the run back before the first answer that only the convicted have given', () => {
    const run = DrivenRun.ofStrangers(['ada'], facts(), { secret: checking(4) });
    for (let step = 0; step < 3; step += 1) run.answerNext(1, LIE);
    expect(run.state.progress).toMatchObject({ globalStep: 3, version: 3 });
    run.answerNext(1, LIE);
    run.verify();
    expect(run.convicted).toEqual(['ada']);
    const reason =
      'The run goes back to its beginning and computes 3 steps again: only workers that were convicted had vouched for some of their answers.';
    // Under a new version number, so that nobody takes these parameters for others.
    expect(run.all('rollBack')).toMatchObject([
      { to: 0, reason: { type: 'wentBack', step: 0, steps: 3 }, progress: { globalStep: 0, version: 4 } },
    ]);
    expect(run.messages.at(-1)).not.toBe('');
    expect(run.messages).toContain(reason);
    expect(run.state.progress).toMatchObject({ globalStep: 0, step: 0, version: 4 });
    expect(run.state.trust.ledger.size).toBe(0);
    expect(run.tensors.size).toBe(0);
    run.join(2);
    expect(run.grants.at(-1)).toMatchObject({ worker: 2, version: 4, step: 0, withParameters: true });
  });

  it('keeps what was done before the convicted came', () => {
    const run = new DrivenRun(facts(), {
      trust: { verifiedAnswers: new Map([['ada', OLD_HAND]]) },
      secret: checking(5, 6),
    });
    run.join(1, { identity: 'own' });
    for (let step = 0; step < 2; step += 1) run.answerNext();
    run.join(2, { identity: 'ada', name: 'ada', belief: 'checked' });
    run.send({ type: 'mode', worker: 1, mode: 'paused' });
    // The own worker's third, ada's fourth, of which nobody looks, and her fifth, which is checked.
    run.answerNext();
    run.answerNext(2, LIE);
    run.answerNext(2, LIE);
    run.verify();
    expect(run.all('keepSnapshot').map(({ progress }) => progress.globalStep)).toEqual([3]);
    expect(run.all('rollBack')).toMatchObject([
      { to: 1, dropped: [], progress: { globalStep: 3, version: 5 } },
    ]);
    expect(run.messages).toContain(
      'The run goes back to the state after step 3 and computes 1 step again: only workers that were convicted had vouched for some of their answers.',
    );
  });

  it('begins the step at hand again where only that has answers of the convicted, and frees what it had', () => {
    // The first lease, of many microbatches, is not looked at; ada's next is.
    const run = DrivenRun.ofStrangers(['ada'], facts(10), { secret: checking(2) });
    const [first, second] = run.leasesOfStep;
    run.answer(first, LIE);
    expect(run.all('stepDone')).toEqual([]);
    expect(run.tensors.size).toBeGreaterThan(0);
    run.answer(second, LIE);
    run.verify();
    expect(run.convicted).toEqual(['ada']);
    expect(run.messages).toContain(
      'Nobody else has vouched for some answers to the work at hand: it is begun again.',
    );
    expect(run.all('rollBack')).toEqual([]);
    expect(run.tensors.size).toBe(0);
    expect(run.state.trust.ledger.size).toBe(0);
    run.join(2);
    expect(run.grants.some(({ worker, from }) => worker === 2 && from === 0)).toBe(true);
    run.grants.splice(0, run.grants.length, ...run.grants.filter(({ worker }) => worker === 2));
    run.runTo(1);
    expect(run.updates[0]).toEqual({ sum: '((((0 1) (2 3)) ((4 5) (6 7))) (8 9))', count: 40 });
    expect(run.tensors.size).toBe(0);
  });

  it('takes nothing back that somebody else has given as well', () => {
    const run = DrivenRun.ofStrangers(['ada'], facts(), { secret: checking(2) });
    run.answerNext(1);
    run.state.trust.ledger.clear();
    run.state.trust.ledger.set('ada bob', { identities: ['ada', 'bob'], mark: 2 });
    run.answerNext(1, LIE);
    run.verify();
    expect(run.convicted).toEqual(['ada']);
    expect(run.all('rollBack')).toEqual([]);
    expect(run.state.progress.globalStep).toBe(2);
  });

  it('of an earlier life is made good before a resumed run does anything', () => {
    const run = new DrivenRun(facts(), {
      progress: { step: 5, globalStep: 5, version: 5 },
      trust: { convicted: ['ada'], ledger: [[['ada'], 8]] },
    });
    expect(run.effects[0]).toMatchObject({
      type: 'rollBack',
      to: 0,
      progress: { globalStep: 0, version: 6 },
    });
    expect(run.state.stage.type).toBe('training');
  });
});
