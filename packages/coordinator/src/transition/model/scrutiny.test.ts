import { expect, test } from 'vitest';
import {
  independentAmong,
  isPending,
  isRelated,
  newScrutiny,
  unrelatedAmong,
  type Voter,
} from './scrutiny.ts';

const someone = (identity: string, origin: string | null) => ({ identity, origin });

/** Of a lease with this number, who answered before the lease `answeredBefore` was granted. */
const voter = (lease: number, answeredBefore: number): Voter => ({
  ...{ worker: lease, identity: `identity-${lease}`, name: `w${lease}`, origin: null },
  ...{ lease, via: null, answeredBefore },
});

test('two are related by their identity, or by an address that is known', () => {
  expect(isRelated(someone('ada', '10.0.0.1'), someone('ada', '10.0.0.2'))).toBe(true);
  expect(isRelated(someone('ada', '10.0.0.1'), someone('bob', '10.0.0.1'))).toBe(true);
  expect(isRelated(someone('ada', '10.0.0.1'), someone('bob', '10.0.0.2'))).toBe(false);
  expect(isRelated(someone('ada', null), someone('bob', null))).toBe(false);
});

test('of those who are related, one is counted', () => {
  const ada = someone('ada', '10.0.0.1');
  expect(unrelatedAmong([])).toBe(0);
  expect(unrelatedAmong([ada, ada])).toBe(1);
  expect(unrelatedAmong([ada, someone('bob', '10.0.0.1'), someone('cid', '10.0.0.2')])).toBe(2);
  expect(unrelatedAmong([ada, someone('ada', null), someone('bob', null), someone('cid', null)])).toBe(3);
});

test('those who were asked before the first had answered are not counted beside it', () => {
  expect(independentAmong([])).toEqual([]);
  const [first, early, late] = [voter(3, 6), voter(5, 8), voter(6, 9)];
  expect(independentAmong([first, early, late])).toEqual([first, late]);
});

test('a grant is worth keeping without a holder once it was answered, or is checked', () => {
  const scrutiny = newScrutiny(100);
  expect(scrutiny.since).toBe(100);
  expect(isPending(scrutiny)).toBe(false);
  scrutiny.candidates.set('0.0', []);
  expect(isPending(scrutiny)).toBe(true);
  expect(isPending({ ...newScrutiny(0), check: 'asked' })).toBe(true);
});
