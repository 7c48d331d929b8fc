import { expect, test } from 'vitest';
import { Ledger } from './ledger.ts';

const convicted = (...names: string[]): ReadonlySet<string> => new Set(names);

test('a set is suspect only once all in it are convicted, and then from its earliest answer on', () => {
  const ledger = new Ledger([]);
  ledger.vouch(['ada', 'ben'], 8);
  ledger.vouch(['ben', 'ada'], 4);
  ledger.vouch(['cid'], 6);
  expect(ledger.earliestSuspect(convicted())).toBeNull();
  expect(ledger.earliestSuspect(convicted('ada'))).toBeNull();
  expect(ledger.earliestSuspect(convicted('cid'))).toBe(6);
  expect(ledger.earliestSuspect(convicted('ada', 'ben', 'cid'))).toBe(4);
});

test('going back forgets what was answered afterwards, and nothing else', () => {
  const ledger = new Ledger([
    [['ada'], 4],
    [['ben'], 6],
  ]);
  ledger.forgetAfter(5);
  expect(ledger.toRecord()).toEqual([[['ada'], 4]]);
});

test('beyond its bound it knows less and suspects more, never the other way round', () => {
  const ledger = new Ledger([]);
  for (let i = 0; i < 5000; i += 1) ledger.vouch([`worker-${i}`], 10 + i);
  expect(ledger.size).toBeLessThanOrEqual(4097);
  expect(ledger.earliestSuspect(convicted('worker-4999'))).toBeLessThanOrEqual(10 + 4999);
  expect(ledger.earliestSuspect(convicted('worker-3'))).toBe(13);
  expect(new Ledger(ledger.toRecord()).toRecord()).toEqual(ledger.toRecord());
});
