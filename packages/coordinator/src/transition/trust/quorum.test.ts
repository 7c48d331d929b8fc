import { describe, expect, it } from 'vitest';
import { DrivenRun, runFacts, secretThat } from '../drivenRun.suite.ts';
import type { RunFacts } from '../model/facts.ts';
import { chanceOf, type Secret } from './chance.ts';

/** Draws no check for any of the first leases. */
const isQuiet = (secret: Secret): boolean =>
  Array.from({ length: 10 }).every((_, i) => chanceOf(secret, 'checked', i + 1) >= 0.05);
const QUIET = secretThat(isQuiet);

const facts = (quorum: number, microbatches = 1) =>
  runFacts(
    { batch: 4 * microbatches, epochs: 1, trust: { spotCheck: 0.05, quorum } },
    { train: 400 * microbatches, validation: 0 },
  );

/** With a quorum of two, and workers that may hold one lease. */
function oneLeaseEach(microbatches: number): RunFacts {
  const { limits, ...rest } = facts(2, microbatches);
  return { ...rest, limits: { ...limits, leasesHeldMax: 1 } };
}

const strangers = (names: string, quorum = 2, secret = QUIET, microbatches = 1): DrivenRun =>
  DrivenRun.ofStrangers(names.split(''), facts(quorum, microbatches), { secret });

describe('a quorum', () => {
  it('asks for a second opinion only when the first has been given', () => {
    const run = strangers('abc');
    expect(run.leasesOfStep).toHaveLength(1);
    run.later(100);
    expect(run.leasesOfStep).toHaveLength(1);
    run.answerNext();
    const [first, second] = run.leasesOfStep;
    expect(run.leasesOfStep).toHaveLength(2);
    expect(second).toMatchObject({ from: first!.from, to: first!.to });
    expect(second!.worker).not.toBe(first!.worker);
    run.answerNext();
    expect(run.all('stepDone')).toHaveLength(1);
    expect(run.all('verify')).toEqual([]);
    expect(run.updates).toEqual([{ sum: '0', count: 4 }]);
    expect(run.tensors.size).toBe(0);
    // Both have vouched for what is in the state after step 1.
    const [[voters, mark] = []] = [...run.state.trust.ledger.values()].map((one) => [
      one.identities,
      one.mark,
    ]);
    expect(voters).toHaveLength(2);
    expect(mark).toBe(2);
  });

  it('of three asks one after the other, until three agree', () => {
    const run = strangers('abcd', 3);
    for (const leases of [1, 2, 3]) {
      expect(run.leasesOfStep).toHaveLength(leases);
      expect(run.all('stepDone')).toEqual([]);
      run.answerNext();
    }
    expect(run.all('stepDone')).toHaveLength(1);
    expect(
      new Set(
        run
          .all('grant')
          .slice(0, 3)
          .map(({ worker }) => worker),
      ).size,
    ).toBe(3);
  });

  it('is of those whom the secret draws among all others', () => {
    const asked = new Set<number>();
    for (const place of [0, 1, 2, 3]) {
      // The second opinion is the lease with the number 2.
      const secret = secretThat((one) => isQuiet(one) && Math.floor(4 * chanceOf(one, 'taker', 2)) === place);
      const run = strangers('abcde', 2, secret);
      const [first] = run.leasesOfStep;
      run.answerNext();
      const others = [1, 2, 3, 4, 5].filter((worker) => worker !== first!.worker);
      expect(run.leasesOfStep[1]!.worker).toBe(others[place]);
      asked.add(run.leasesOfStep[1]!.worker);
    }
    expect(asked.size).toBe(4);
  });

  it('is waited for at the one who was drawn, however free another is', () => {
    const run = DrivenRun.ofStrangers(['a', 'b', 'c'], oneLeaseEach(64), { secret: QUIET });
    const [first] = run.leasesOfStep;
    const [grant] = [...run.state.leases.values()].map((lease) => lease.grant);
    run.answer(first);
    // Both others are busy; one of them has been drawn.
    const drawn = grant!.scrutiny!.drawn!;
    const other = 5 - drawn;
    const seconds = () => run.leasesOfStep.filter(({ from }) => from === first!.from).slice(1);
    expect(seconds()).toEqual([]);
    for (let i = 0; i < 10; i += 1) if (run.held(other).length > 0) run.answerNext(other);
    expect(seconds()).toEqual([]);
    for (let i = 0; i < 10 && seconds().length === 0; i += 1) run.answerNext(drawn);
    expect(seconds()).toMatchObject([{ worker: drawn, to: first!.to }]);
  });

  it('does not count the answers of two that held the same range before either had answered', () => {
    const run = strangers('abc');
    const [first] = run.leasesOfStep;
    run.later(1_000);
    const [, copy] = run.leasesOfStep;
    expect(run.leasesOfStep).toHaveLength(2);
    run.answer(copy, { digest: 'lie' });
    run.answer(first, { digest: 'lie' });
    expect(run.all('stepDone')).toEqual([]);
    const [, , third] = run.leasesOfStep;
    const liars = [first!, copy!].map(({ worker }) => run.worker(worker).name).sort();
    run.answer(third);
    run.verify();
    expect(run.convicted.sort()).toEqual(liars);
    expect(run.all('stepDone')).toHaveLength(1);
  });

  it('has the trusted worker settle it where two differ', () => {
    const run = strangers('abc');
    run.answerNext();
    run.answerNext(undefined, { digest: 'lie' });
    expect(run.messages.at(-1)).toBe('Answers to microbatch 0 differ: the trusted worker computes them.');
    const [, liar] = run.leasesOfStep;
    const { name } = run.worker(liar!.worker);
    run.verify();
    expect(run.convicted).toEqual([name]);
    expect(run.all('stepDone')).toHaveLength(1);
    expect(run.tensors.size).toBe(0);
  });

  it("takes the word of one of the coordinator's own", () => {
    const run = new DrivenRun(facts(2));
    run.join(1);
    run.answerNext();
    expect(run.all('stepDone')).toHaveLength(1);
    expect(run.all('verify')).toEqual([]);
  });
});

describe('where there are too few unrelated workers', () => {
  it('says so once, has the trusted worker compute, and says when there are enough again', () => {
    const run = strangers('a');
    const short =
      'Only 1 unrelated worker is here, too few for a quorum of 2: the trusted worker computes all leases as well.';
    expect(run.messages.filter((message) => message === short)).toHaveLength(1);
    run.answerNext();
    expect(run.all('verify')).toHaveLength(1);
    run.verify();
    expect(run.all('stepDone')).toHaveLength(1);
    run.later(100);
    expect(run.messages.filter((message) => message === short)).toHaveLength(1);
    run.join(2, { belief: 'checked' });
    expect(run.messages.at(-1)).toBe('Workers enough are there: a quorum of 2 settles what they compute.');
  });

  it('counts those of one address, and one identity twice, as one', () => {
    const run = new DrivenRun(facts(2), { secret: QUIET });
    run.join(1, { identity: 'ada', origin: '10.0.0.1', belief: 'checked' });
    run.join(2, { identity: 'bob', origin: '10.0.0.1', belief: 'checked' });
    run.join(3, { identity: 'ada', origin: '10.0.0.3', belief: 'checked' });
    expect(run.state.trust.isShort).toBe(true);
    // Of an address that says nothing, each identity is its own.
    run.join(4, { identity: 'cid', origin: null, belief: 'checked' });
    expect(run.state.trust.isShort).toBe(false);
  });

  it('waits for the last one there until its lease is late, and has the trusted worker compute then', () => {
    const run = strangers('ab');
    run.answerNext();
    expect(run.leasesOfStep).toHaveLength(2);
    run.later(500);
    expect(run.all('verify')).toEqual([]);
    run.later(1);
    expect(run.all('verify')).toHaveLength(1);
    run.verify();
    expect(run.all('stepDone')).toHaveLength(1);
    expect(run.convicted).toEqual([]);
  });

  it('waits two seconds for those who are busy', () => {
    const run = DrivenRun.ofStrangers(['a', 'b', 'c'], oneLeaseEach(64), { secret: QUIET });
    const [first] = run.leasesOfStep;
    // The others hold as many leases as they may.
    run.answer(first);
    expect(run.all('verify')).toEqual([]);
    run.later(2_000);
    expect(run.all('verify')).toEqual([]);
    run.later(1);
    expect(run.all('verify')[0]).toMatchObject({ from: 0, to: first!.to });
    expect(run.messages).toContain(
      `No second opinion on microbatches 0 to ${first!.to - 1} came in time: the trusted worker computes them.`,
    );
  });

  it('asks nobody while the run is paused', () => {
    const run = strangers('abc');
    run.send({ type: 'pause', reason: { type: 'operatorPaused' } });
    run.answerNext();
    expect(run.leasesOfStep).toHaveLength(1);
    run.send({ type: 'resume', reason: { type: 'operatorResumed' } });
    expect(run.leasesOfStep).toHaveLength(2);
  });
});
