import { expect, test } from 'vitest';
import { readHost, readPublicUrl } from './publicUrl.ts';

test.each([
  ['https://shoal.example.org', 'https://shoal.example.org', ''],
  ['HTTPS://Shoal.Example.org:443/', 'https://shoal.example.org', ''],
  ['http://192.168.1.20:7465', 'http://192.168.1.20:7465', ''],
  ['http://[2001:db8::1]:7465/', 'http://[2001:db8::1]:7465', ''],
  ['https://example.org/shoal', 'https://example.org', '/shoal'],
  ['https://example.org/lab/shoal-2/', 'https://example.org', '/lab/shoal-2'],
])('%s is taken', (text, origin, basePath) => {
  expect(readPublicUrl(text)).toEqual({ origin, basePath });
});

test.each([
  ['shoal.example.org', /has no scheme: write http:\/\/shoal\.example\.org or https:/],
  ['192.168.1.20:7465', /has no scheme: write http:\/\/192\.168\.1\.20:7465/],
  ['2001:db8::1', /has no scheme: write http:\/\/\[2001:db8::1\]/],
  ['', /has no scheme/],
  ['ws://host', /begins with ws:\/\/, but pages are opened by http/],
  ['javascript://host/%0aalert(1)', /begins with javascript:/],
  ['http://2001:db8::1:7465', /IPv6 address stands in brackets, such as http:\/\/\[/],
  ['http://[fe80::1%25eth0]:7465', /is no address/],
  ['http://', /is no address/],
  ['https://host/#abc', /has a fragment \(#\).* write https:\/\/host\/\./],
  ['https://host/shoal?x=1', /has a query \(\?\).* write https:\/\/host\/shoal\./],
  ['https://host/#', /has a fragment/],
  ['https://ada:secret@host', /names a user or a password: write https:\/\/host\./],
  ['https://host/join', /has "join" in its path/],
  ['https://host/shoal/api', /has "api" in its path/],
  ['https://host/a b', /has a path that cannot be served below/],
  ['https://host//x', /has a path that cannot be served below/],
])('%s is refused with a way out', (text, sentence) => {
  expect(() => readPublicUrl(text)).toThrow(sentence);
  expect(() => readPublicUrl(text)).toThrow(/^--public-url /);
  expect(() => readPublicUrl(text)).not.toThrow(/secret/);
});

test.each([
  ['0.0.0.0', '0.0.0.0'],
  ['::', '::'],
  ['[::1]', '::1'],
  ['2001:db8::1', '2001:db8::1'],
  ['localhost', 'localhost'],
  ['my-machine.lan', 'my-machine.lan'],
])('--host %s is listened on', (text, host) => {
  expect(readHost(text)).toBe(host);
});

test.each([
  ['http://0.0.0.0', /without a scheme; .*--public-url/],
  ['0.0.0.0:7465', /the port with --port/],
  ['fe80::1', /link-local address.*cannot stand in a link/],
  ['fe80::1%eth0', /link-local/],
  ['', /such as 0\.0\.0\.0/],
  ['two words', /such as 0\.0\.0\.0/],
])('--host "%s" is refused with a way out', (text, sentence) => {
  expect(() => readHost(text)).toThrow(sentence);
});
