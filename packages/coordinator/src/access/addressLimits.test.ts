import { describe, expect, test } from 'vitest';
import { DEFAULT_ACCESS_LIMITS } from '../limits/limits.ts';
import { AddressLimits, addressKey } from './addressLimits.ts';

function bench(change: Partial<typeof DEFAULT_ACCESS_LIMITS> = {}) {
  let now = 0;
  const book = new AddressLimits({ limits: { ...DEFAULT_ACCESS_LIMITS, ...change }, clock: () => now });
  const later = (ms: number): void => {
    now += ms;
  };
  return { book, later };
}

describe('an address', () => {
  test('may have so many connections open, and others are not touched by it', () => {
    const { book } = bench({ addressConnectionsMax: 2 });
    expect([1, 2, 3].map(() => book.openConnection('a'))).toEqual([null, null, 'addressConnectionsMax']);
    expect(book.openConnection('b')).toBe(null);
    book.closeConnection('a');
    expect(book.openConnection('a')).toBe(null);
  });

  test('may try so often within a window, and again in the next', () => {
    const { book, later } = bench({ addressJoinsMax: 2, attemptsWindowMs: 1_000 });
    expect([1, 2, 3].map(() => book.attempt('a'))).toEqual([null, null, 'addressJoinsMax']);
    later(1_000);
    expect(book.attempt('a')).toBe(null);
  });

  test('that gives wrong tokens is not listened to for a while', () => {
    const { book, later } = bench({ addressFailuresMax: 2, attemptsWindowMs: 1_000 });
    book.failed('a');
    expect(book.mayTry('a')).toBe(null);
    book.failed('a');
    expect(book.mayTry('a')).toBe('addressFailuresMax');
    expect(book.mayTry('b')).toBe(null);
    later(1_000);
    expect(book.mayTry('a')).toBe(null);
  });
});

test('an address with nothing open is forgotten once its window is over', () => {
  const { book, later } = bench({ attemptsWindowMs: 1_000 });
  book.attempt('gone');
  book.openConnection('there');
  book.openSocket('reading');
  later(999);
  book.forgetIdle();
  expect(book.size).toBe(3);
  later(1);
  book.forgetIdle();
  expect(book.size).toBe(2);
  book.closeConnection('there');
  book.closeSocket('reading');
  book.forgetIdle();
  expect(book.size).toBe(0);
});

test('the table itself is bounded: idle addresses are forgotten, those with something open are not', () => {
  const { book } = bench({ addressesMax: 100, addressConnectionsMax: 1 });
  book.openConnection('open');
  for (let i = 0; i < 10_000; i += 1) book.attempt(`idle-${i}`);
  expect(book.size).toBe(100);
  expect(book.openConnection('open')).toBe('addressConnectionsMax');
});

test.each([
  ['192.168.1.20', '192.168.1.20'],
  ['::ffff:192.168.1.20', '192.168.1.20'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8::2:0:0:0:1', '2001:db8:0:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['64:ff9b::192.0.2.33', '64:ff9b:0:0::/64'],
  ['unknown', 'unknown'],
])('%s counts as %s', (address, key) => {
  expect(addressKey(address)).toBe(key);
});
