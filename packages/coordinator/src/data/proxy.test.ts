import { expect, test } from 'vitest';
import { proxyOf, proxyTold } from './proxy.ts';

const ADDRESS = 'https://files.example.org/mnist';

const cases: readonly [Record<string, string>, string | null][] = [
  [{}, null],
  [{ HTTPS_PROXY: '' }, null],
  [{ HTTPS_PROXY: 'http://proxy:3128' }, 'http://proxy:3128 (HTTPS_PROXY)'],
  [{ HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://lower:2' }, 'http://lower:2 (https_proxy)'],
  [{ HTTP_PROXY: 'http://proxy:3128' }, null],
  [{ ALL_PROXY: 'http://all:1', HTTPS_PROXY: 'http://proxy:2' }, 'http://proxy:2 (HTTPS_PROXY)'],
  [{ all_proxy: 'socks5://all:1080' }, 'socks5://all:1080 (all_proxy)'],
  [{ HTTPS_PROXY: 'proxy:3128' }, 'http://proxy:3128 (HTTPS_PROXY)'],
  [{ HTTPS_PROXY: 'http://a:b@proxy:3128' }, 'http://a:***@proxy:3128 (HTTPS_PROXY)'],
];
test.each(cases)('%j names %s', (environment, told) => {
  const proxy = proxyOf(ADDRESS, environment);
  expect(proxy === null ? null : proxyTold(proxy)).toBe(told === null ? null : `the proxy ${told}`);
});

test.each([
  ['*', true],
  ['files.example.org', true],
  ['example.org', true],
  ['.example.org', true],
  ['*.example.org', true],
  ['EXAMPLE.ORG', true],
  ['other.org, example.org:443', true],
  ['example.org:8443', false],
  ['ample.org', false],
  ['other.org localhost', false],
  ['', false],
])('NO_PROXY=%s exempts a host: %s', (NO_PROXY, exempt) => {
  expect(proxyOf(ADDRESS, { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY }) === null).toBe(exempt);
});

test('a plain address goes by HTTP_PROXY', () => {
  const environment = { HTTP_PROXY: 'http://plain:1', HTTPS_PROXY: 'http://secure:2' };
  expect(proxyOf('http://files.example.org', environment)?.uri.host).toBe('plain:1');
});

test.each(['ftp://x', 'http://', '::'])('%s is no proxy', (HTTPS_PROXY) => {
  expect(() => proxyOf(ADDRESS, { HTTPS_PROXY })).toThrow(
    /^HTTPS_PROXY does not hold the address of a proxy/,
  );
});
