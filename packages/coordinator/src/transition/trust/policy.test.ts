import { describe, expect, it } from 'vitest';
import { DrivenRun, newPolicy, OLD_HAND, runFacts, secretThat } from '../drivenRun.suite.ts';
import { chanceOf } from './chance.ts';

const QUIET = secretThat((one) =>
  Array.from({ length: 10 }).every((_, i) => chanceOf(one, 'checked', i + 1) >= 0.05),
);

const facts = (spotCheck: number, quorum = 1) =>
  runFacts({ batch: 4, epochs: 1, trust: { spotCheck, quorum } }, { train: 400, validation: 0 });

/** One worker of the coordinator's own. */
function withOwn(spotCheck: number): DrivenRun {
  const run = new DrivenRun(facts(spotCheck), {
    secret: QUIET,
    trust: { verifiedAnswers: new Map([['own', OLD_HAND]]) },
  });
  run.join(1, { identity: 'own', name: 'own' });
  return run;
}

const LIE = { digest: 'lie' };

describe('a worker that a lecture makes lie', () => {
  it('is checked from then on, leases in flight included, and is convicted by its first lie', () => {
    const run = withOwn(0.05);
    run.answerNext();
    expect(run.all('verify')).toEqual([]);
    run.send({ type: 'suspect', identity: 'own', belief: 'suspected' });
    expect(run.all('verify')).toHaveLength(1);
    run.answerNext(1, LIE);
    run.verify();
    expect(run.convicted).toEqual(['own']);
    expect(run.all('rollBack')).toEqual([]);
    expect(run.all('stepDone')).toHaveLength(2);
  });

  it('is checked even when checking is switched off meanwhile', () => {
    const run = withOwn(0.05);
    run.send({ type: 'suspect', identity: 'own', belief: 'suspected' });
    run.send(newPolicy(0, 1));
    run.answerNext(1, LIE);
    run.verify();
    expect(run.convicted).toEqual(['own']);
  });

  it('where nothing is checked, leaves its lies in, until checking begins: then they are taken back', () => {
    const run = withOwn(0);
    run.answerNext();
    run.send({ type: 'suspect', identity: 'own', belief: 'checked' });
    run.answerNext(1, LIE);
    run.answerNext(1, LIE);
    expect(run.all('stepDone')).toHaveLength(3);
    run.send(newPolicy(1, 1));
    expect(run.messages.at(-1)).toBe(
      'From now on 100 % of the leases are checked. If somebody is convicted who has answered before, the run goes back as far as to its beginning.',
    );
    run.answerNext(1, LIE);
    run.verify();
    expect(run.convicted).toEqual(['own']);
    expect(run.all('rollBack')).toMatchObject([{ to: 0, progress: { globalStep: 0 } }]);
  });
});

describe('another policy', () => {
  it('holds for what is in flight', () => {
    const run = DrivenRun.ofStrangers(['a', 'b', 'c'], facts(0), { secret: QUIET });
    run.send(newPolicy(0.05, 2));
    run.answerNext();
    expect(run.all('stepDone')).toEqual([]);
    expect(run.leasesOfStep).toHaveLength(2);
    run.send(newPolicy(0.05, 1));
    expect(run.all('stepDone')).toHaveLength(1);
  });

  it('leaves nothing to wait for where only the convicted have answered', () => {
    const run = DrivenRun.ofStrangers(['a', 'b'], facts(0.05, 2), { secret: QUIET });
    const [first] = run.leasesOfStep;
    run.answer(first, LIE);
    run.state.trust.convicted.add(run.worker(first!.worker).identity);
    run.send(newPolicy(0.05, 1));
    run.verify();
    for (const lease of run.leasesOfStep) if (lease !== first) run.answer(lease);
    expect(run.all('stepDone')).toHaveLength(1);
  });
});
