import { describe, expect, test } from 'vitest';
import { TrustedProxies } from './trustedProxies.ts';

const read = (...settings: string[]): TrustedProxies => TrustedProxies.read(settings);

test.each([
  [['10.42.0.0/16'], '10.42.3.4', true],
  [['10.42.0.0/16'], '10.43.0.1', false],
  [['10.42.0.0/16'], '::ffff:10.42.3.4', true],
  [['192.168.1.2'], '192.168.1.2', true],
  [['192.168.1.2'], '192.168.1.3', false],
  [['2001:db8::/32'], '2001:db8:1::9', true],
  [['2001:db8::1'], '2001:db8::2', false],
  [['loopback'], '127.9.9.9', true],
  [['loopback'], '::1', true],
  [['loopback'], '10.0.0.1', false],
  [['uniquelocal'], '172.20.0.3', true],
  [['linklocal'], 'fe80::1%eth0', true],
  [['loopback, 10.0.0.1'], '10.0.0.1', true],
  [['loopback', '10.0.0.1'], '10.0.0.1', true],
  [[], '127.0.0.1', false],
  [['loopback'], 'unknown', false],
])('%j trusts %s: %s', (settings, address, trusted) => {
  expect(read(...settings).trusts(address)).toBe(trusted);
});

test.each(['', 'yes', 'true', '--out=/runs', 'nginx', '10.0.0.0/33', '10.0.0.0/x', '10.0.0.0/8/8', '1.2.3'])(
  'what is no address of a proxy is refused with a sentence: "%s"',
  (text) => {
    expect(() => read(text)).toThrow(/--trust-proxy takes the addresses of your proxies, such as/);
  },
);

test.each(['0.0.0.0/0', '::/0'])('everybody is no proxy: %s', (text) => {
  expect(() => read(text)).toThrow(/believe whoever connects/);
});

describe('the client of a request', () => {
  const proxies = read('10.0.0.0/8', '2001:db8::/32');

  test.each([
    ['nobody is trusted who is not named', '203.0.113.9', '1.1.1.1', '203.0.113.9'],
    ['a proxy speaks for its client', '10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['what the client wrote itself proves nothing', '10.0.0.1', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
    ['proxies in a row are passed', '10.0.0.1', '1.1.1.1, 203.0.113.9, 10.0.0.7', '203.0.113.9'],
    ['a client that names proxies poses as none', '10.0.0.1', '10.9.9.9, 203.0.113.9', '203.0.113.9'],
    ['a client among the proxies is the furthest known', '10.0.0.1', '10.0.0.8, 10.0.0.7', '10.0.0.8'],
    ['several headers are one list', '10.0.0.1', ['1.1.1.1', '2001:db9::7'], '2001:db9::7'],
    ['a port is no part of an address', '10.0.0.1', '203.0.113.9:4711', '203.0.113.9'],
    ['brackets are no part of one', '10.0.0.1', '[2001:db9::7]:4711', '2001:db9::7'],
    ['an IPv4 address may be written as IPv6', '::ffff:10.0.0.1', '::ffff:203.0.113.9', '203.0.113.9'],
    ['nonsense is not believed', '10.0.0.1', '203.0.113.9, nonsense', '10.0.0.1'],
    ['nothing is said', '10.0.0.1', undefined, '10.0.0.1'],
    ['nobody is there', undefined, undefined, 'unknown'],
  ])('%s', (_name, socket, forwarded, client) => {
    expect(proxies.clientOf(socket, forwarded)).toBe(client);
  });

  test('is found in a list of any length', () => {
    const list = `1.1.1.1, ${Array(5_000).fill('10.0.0.9').join(', ')}`;
    expect(proxies.clientOf('10.0.0.1', list)).toBe('1.1.1.1');
  });
});
