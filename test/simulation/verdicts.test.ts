/** The formulas of `docs/security.md` against many runs of the real transition for each. */
import { checkProbability } from '@shoal/coordinator/simulation';
import { describe, expect, it } from 'vitest';
import { judge, type VerdictOptions } from './verdicts.ts';

/**
 * Fewer where few seeds are asked for, but enough for every bound here. Their seeds are the first ones always, so nothing is
 * left to chance.
 */
const RUNS = Math.min(1000, Math.max(200, 20 * Number(process.env.SHOAL_SEEDS ?? 50)));

/** Of what takes longer. */
const FEWER_RUNS = (3 * RUNS) / 10;

const runs = (options: Omit<VerdictOptions, 'seed'>, length = RUNS) =>
  Array.from({ length }, (_, i) => judge({ ...options, seed: i + 1 }));

/** Four standard deviations of a share measured over that many runs: one test in fifteen thousand fails by chance. */
const margin = (share: number, length = RUNS): number => 4 * Math.sqrt((share * (1 - share)) / length) + 1e-9;

const OLD_HANDS = 1000;

describe('a lone liar among spot checks', () => {
  it.each([
    { spotCheck: 0.05, lying: 1, leases: 20 },
    { spotCheck: 0.05, lying: 1, leases: 100 },
    { spotCheck: 0.05, lying: 0.25, leases: 60 },
    { spotCheck: 0.2, lying: 0.5, leases: 10 },
  ])('is convicted within k leases as often as 1 − (1 − fp)^k says: %o', ({ spotCheck, lying, leases }) => {
    const outcomes = runs({
      spotCheck,
      lying,
      until: leases,
      quorum: 1,
      workers: 5,
      colluders: 1,
      verifiedAnswers: OLD_HANDS,
    });
    const share = outcomes.filter(({ convictedAfter: [after] }) => after != null).length / RUNS;
    const formula = 1 - (1 - spotCheck * lying) ** leases;
    expect(Math.abs(share - formula)).toBeLessThanOrEqual(margin(formula));
  });

  it('is convicted much sooner while it is new', () => {
    const cast = { spotCheck: 0.05, lying: 1, until: 20, quorum: 1, workers: 5, colluders: 1 };
    const share = (verifiedAnswers: number): number =>
      runs({ ...cast, verifiedAnswers }).filter(({ convictedAfter: [after] }) => after != null).length / RUNS;
    expect(share(2)).toBeGreaterThan(share(OLD_HANDS) + 0.2);
  });
});

describe('colluders before a quorum', () => {
  /** The part of the grants that only colluders get, and of those that at least one of them gets. */
  const shares = (workers: number, colluders: number, quorum: number) => {
    let all = 1;
    let none = 1;
    for (let i = 0; i < quorum; i += 1) {
      all *= (colluders - i) / (workers - i);
      none *= (workers - colluders - i) / (workers - i);
    }
    return { all, any: 1 - none };
  };

  it.each([
    { workers: 10, colluders: 3, quorum: 2, spotCheck: 0.05 },
    { workers: 10, colluders: 3, quorum: 2, spotCheck: 0.1 },
    { workers: 10, colluders: 5, quorum: 3, spotCheck: 0.05 },
  ])('pass it as often as they are drawn together and not checked: %o', (cast) => {
    const { workers, colluders, quorum, spotCheck } = cast;
    const outcomes = runs({ ...cast, lying: 1, until: 'firstLie', verifiedAnswers: OLD_HANDS });
    const { all, any } = shares(workers, colluders, quorum);
    const formula = (all * (1 - spotCheck) ** quorum) / any;
    const share = outcomes.filter(({ firstLie }) => firstLie === 'passed').length / RUNS;
    expect(outcomes.every(({ firstLie }) => firstLie !== null)).toBe(true);
    // Of three answers, two that differ settle it before the third: what passes is found a little late to be the first.
    if (quorum > 2) expect(share).toBeLessThanOrEqual(formula + margin(formula));
    else expect(Math.abs(share - formula)).toBeLessThanOrEqual(margin(formula));
  });

  it.each([
    { workers: 10, colluders: 3, quorum: 2, spotCheck: 0.05 },
    { workers: 3, colluders: 2, quorum: 2, spotCheck: 0.05 },
    { workers: 10, colluders: 5, quorum: 3, spotCheck: 0.05 },
    { workers: 4, colluders: 3, quorum: 3, spotCheck: 0.2 },
  ])('who tell each other everything still have to lie first, and pass as often as q says: %o', (cast) => {
    const { workers, colluders, quorum, spotCheck } = cast;
    // So seldom that one lie is settled before the next is told.
    const together = { ...cast, lying: 0.02, coordinated: true, until: 'firstLie' } as const;
    const length = FEWER_RUNS;
    const outcomes = runs({ ...together, verifiedAnswers: OLD_HANDS }, length);
    let q = (1 - spotCheck) ** quorum;
    for (let i = 1; i < quorum; i += 1) q *= (colluders - i) / (workers - i);
    const share = outcomes.filter(({ firstLie }) => firstLie === 'passed').length / length;
    expect(outcomes.every(({ firstLie }) => firstLie !== null)).toBe(true);
    expect(Math.abs(share - q)).toBeLessThanOrEqual(margin(q, length));
  });

  it('of three among ten who always tell the same lie, each is convicted within 100 leases', () => {
    const outcomes = runs(
      {
        ...{
          workers: 10,
          colluders: 3,
          quorum: 1,
          spotCheck: 0.05,
          lying: 1,
          until: 100,
          verifiedAnswers: OLD_HANDS,
        },
      },
      FEWER_RUNS,
    );
    const each = outcomes.flatMap(({ convictedAfter }) => convictedAfter);
    const share = each.filter((after) => after !== null).length / each.length;
    expect(share).toBeGreaterThan(0.99);
  });
});

describe('the trusted worker', () => {
  it.each([
    { spotCheck: 0.05, quorum: 1, formula: 0.05 },
    { spotCheck: 0.1, quorum: 2, formula: 1 - 0.9 ** 2 },
    { spotCheck: 0.01, quorum: 3, formula: 1 - 0.99 ** 3 },
  ])('computes 1 − (1 − p)^n of the work of honest workers: %o', ({ spotCheck, quorum, formula }) => {
    const cast = {
      spotCheck,
      quorum,
      workers: 8,
      colluders: 0,
      lying: 0,
      until: 200,
      verifiedAnswers: OLD_HANDS,
    } as const;
    const outcomes = runs(cast, 100);
    const total = (of: 'verified' | 'computed' | 'needed'): number =>
      outcomes.reduce((sum, one) => sum + one[of], 0);
    expect(Math.abs(total('verified') / total('needed') - formula)).toBeLessThan(0.01);
    expect(total('computed') / total('needed')).toBeLessThan(quorum + 0.05);
  });

  it('computes no more than 1/p answers of a newcomer before it is checked like the others', () => {
    const spotCheck = 0.05;
    const extra = Array.from({ length: 200 }, (_, i) => i).map((verifiedAnswers) =>
      checkProbability(spotCheck, verifiedAnswers),
    );
    // A check that finds the answer right raises the number of verified answers by one: so many stand above the rate that was asked for.
    expect(extra.filter((probability) => probability > spotCheck)).toHaveLength(1 / spotCheck - 1);
    expect(checkProbability(spotCheck, 0)).toBe(1);
    expect(checkProbability(0, 0)).toBe(0);
  });
});
