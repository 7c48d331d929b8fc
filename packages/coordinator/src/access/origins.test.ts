import { expect, test } from 'vitest';
import { AllowedOrigins, readOrigin } from './origins.ts';

const origins = new AllowedOrigins(['https://class.example.org', 'http://10.0.0.5:8080'].map(readOrigin));

test.each([
  ['no browser', undefined, 'anything', true],
  ['the same host and port', 'http://192.168.1.5:7465', '192.168.1.5:7465', true],
  ['the same host behind TLS, with its usual port', 'https://shoal.example.org', 'shoal.example.org', true],
  ['the usual port written out', 'http://shoal.example.org', 'shoal.example.org:80', true],
  ['a named one', 'https://class.example.org', '127.0.0.1:7465', true],
  ['a named one with another port', 'https://class.example.org:444', '127.0.0.1:7465', false],
  ['another host', 'https://evil.example', '192.168.1.5:7465', false],
  ['another port', 'http://192.168.1.5:80', '192.168.1.5:7465', false],
  ['a sandboxed frame', 'null', '192.168.1.5:7465', false],
  ['a file', 'file://', '192.168.1.5:7465', false],
  ['an extension', 'chrome-extension://abc', 'abc', false],
  ['no host at all', 'http://a', undefined, false],
  ['a host that is none', 'http://a', 'a b c', false],
])('a page of %s is judged', (_name, origin, host, allowed) => {
  expect(origins.allows({ origin, host })).toBe(allowed);
});

test.each(['class.example.org', 'null', 'ftp://a', 'javascript:1', ''])('"%s" is no origin', (text) => {
  expect(() => readOrigin(text)).toThrow(/takes an origin such as/);
});

test('an origin is compared without path and letter case', () => {
  expect(readOrigin('HTTPS://Class.Example.org/join?x#y')).toBe('https://class.example.org');
});
