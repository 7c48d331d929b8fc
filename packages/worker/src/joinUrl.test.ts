import { describe, expect, test } from 'vitest';
import { JoinUrlError, parseJoinUrl } from './joinUrl.ts';

describe('an address to join', () => {
  test.each([
    ['http://10.0.0.2:7433/#abc', null],
    ['http://10.0.0.2:7433#token=abc', null],
    ['ws://10.0.0.2:7433/ws#abc', null],
    ['10.0.0.2:7433', 'abc'],
    [' http://10.0.0.2:7433/#other ', 'abc'],
  ])('is read from %s', (url, token) => {
    expect(parseJoinUrl(url, token)).toEqual({
      origin: 'http://10.0.0.2:7433',
      basePath: '',
      socketUrl: 'ws://10.0.0.2:7433/ws',
      token: 'abc',
    });
  });

  test('keeps to encryption where the link does', () => {
    expect(parseJoinUrl('https://shoal.example/#abc', null).socketUrl).toBe('wss://shoal.example/ws');
  });

  test.each([
    ['https://lab.example/shoal/join#abc', '/shoal'],
    ['https://lab.example/shoal/#abc', '/shoal'],
    ['https://lab.example/shoal#abc', '/shoal'],
    ['https://lab.example/a/b/join/#abc', '/a/b'],
    ['wss://lab.example/shoal/ws#abc', '/shoal'],
    ['https://lab.example/join/#abc', ''],
  ])('leads below the path at which the coordinator is served: %s', (url, basePath) => {
    expect(parseJoinUrl(url, null)).toEqual({
      origin: 'https://lab.example',
      basePath,
      socketUrl: `wss://lab.example${basePath}/ws`,
      token: 'abc',
    });
  });

  test.each(['', 'ftp://host/#abc', 'http://', 'not an address'])(
    'is refused with a sentence when it is "%s"',
    (url) => {
      expect(() => parseJoinUrl(url, 'abc')).toThrow(JoinUrlError);
    },
  );

  test('without a token names the ways to give one', () => {
    expect(() => parseJoinUrl('http://10.0.0.2:7433', null)).toThrow(/no join token.*--token/);
  });
});
