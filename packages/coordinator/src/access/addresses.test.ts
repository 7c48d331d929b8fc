import { expect, test } from 'vitest';
import { addressKey, clientAddress } from './addresses.ts';

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

test('only a proxy that is trusted can speak for another address, and only by what it has added itself', () => {
  expect(clientAddress('10.0.0.1', '203.0.113.9', false)).toBe('10.0.0.1');
  expect(clientAddress('10.0.0.1', '203.0.113.9', true)).toBe('203.0.113.9');
  expect(clientAddress('10.0.0.1', '1.1.1.1, 203.0.113.9', true)).toBe('203.0.113.9');
  expect(clientAddress('10.0.0.1', ['1.1.1.1', '2001:db8::7'], true)).toBe('2001:db8::7');
  expect(clientAddress('10.0.0.1', 'nonsense', true)).toBe('10.0.0.1');
  expect(clientAddress('10.0.0.1', undefined, true)).toBe('10.0.0.1');
  expect(clientAddress(undefined, undefined, false)).toBe('unknown');
});
