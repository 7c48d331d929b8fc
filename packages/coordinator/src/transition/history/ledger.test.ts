import { expect, test } from 'vitest';
import { addVouchers, earliestSuspect, forgetAfter, newLedger, vouchersOf } from './ledger.ts';

const convicted = (...names: string[]): ReadonlySet<string> => new Set(names);

test('a set is suspect only once all in it are convicted, and then from its earliest answer on', () => {
  const ledger = newLedger([]);
  addVouchers(ledger, ['ada', 'ben'], 8);
  addVouchers(ledger, ['ben', 'ada'], 4);
  addVouchers(ledger, ['cid'], 6);
  expect(earliestSuspect(ledger, convicted())).toBeNull();
  expect(earliestSuspect(ledger, convicted('ada'))).toBeNull();
  expect(earliestSuspect(ledger, convicted('cid'))).toBe(6);
  expect(earliestSuspect(ledger, convicted('ada', 'ben', 'cid'))).toBe(4);
});

test('going back forgets what was answered afterwards, and nothing else', () => {
  const ledger = newLedger([
    [['ada'], 4],
    [['ben'], 6],
  ]);
  forgetAfter(ledger, 5);
  expect(vouchersOf(ledger)).toEqual([[['ada'], 4]]);
});

test('beyond its bound it knows less and suspects more, never the other way round', () => {
  const ledger = newLedger([]);
  for (let i = 0; i < 5000; i += 1) addVouchers(ledger, [`worker-${i}`], 10 + i);
  expect(ledger.size).toBeLessThanOrEqual(4097);
  expect(earliestSuspect(ledger, convicted('worker-4999'))).toBeLessThanOrEqual(10 + 4999);
  expect(earliestSuspect(ledger, convicted('worker-3'))).toBe(13);
  expect(vouchersOf(newLedger(vouchersOf(ledger)))).toEqual(vouchersOf(ledger));
});
