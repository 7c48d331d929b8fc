import { describe, expect, test } from 'vitest';
import { JoinUrlError, parseJoinUrl, socketUrlOf } from './joinUrl.ts';

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
      token: 'abc',
    });
  });

  test('keeps to encryption where the link does', () => {
    const { origin, basePath } = parseJoinUrl('https://shoal.example/#abc', null);
    expect(socketUrlOf(origin + basePath)).toBe('wss://shoal.example/ws');
    expect(socketUrlOf('http://10.0.0.2:7433/shoal')).toBe('ws://10.0.0.2:7433/shoal/ws');
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
