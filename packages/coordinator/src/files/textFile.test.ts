import { expect, test } from 'vitest';
import { decodeText } from './textFile.ts';

const TEXT = 'name: Übung\n';
const utf16le = Buffer.from(TEXT, 'utf16le');
const utf16be = Buffer.from(utf16le).swap16();

test.each([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with its mark', Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from(TEXT)])],
  ['UTF-16 as PowerShell 5 writes it', Buffer.concat([Buffer.of(0xff, 0xfe), utf16le])],
  ['big-endian UTF-16', Buffer.concat([Buffer.of(0xfe, 0xff), utf16be])],
  ['UTF-16 without a mark', utf16le],
  ['big-endian UTF-16 without a mark', utf16be],
])('%s is read', (_, bytes) => {
  expect(decodeText(bytes, 'The config')).toBe(TEXT);
});

test('an empty file is an empty text', () => {
  expect(decodeText(new Uint8Array(), 'The config')).toBe('');
});

test.each([
  [Buffer.from('name: Übung', 'latin1'), 'The config a.yaml is not text in UTF-8: save it as UTF-8.'],
  [Buffer.of(0xff, 0xfe, 0x00, 0xd8), 'The config a.yaml is not text in UTF-16LE: save it as UTF-8.'],
])('what is no text is refused in a sentence', (bytes, sentence) => {
  expect(() => decodeText(bytes, 'The config a.yaml')).toThrow(sentence);
});
