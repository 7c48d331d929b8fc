import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable, printableJson } from './printable.ts';

/** What a terminal obeys, and what turns the direction of writing; written out, apart from the code's own expression. */
function isObeyed(text: string): boolean {
  return [...text].some((sign) => {
    const code = sign.codePointAt(0) as number;
    const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
    return isControl || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  });
}

test('codes are shown as signs in their place, one column each', () => {
  expect(printable('a\u001b[31mred\u0007')).toBe('a␛[31mred␇');
  expect(printable('two\nlines\r\ttab\u007f')).toBe('two␊lines␍␉tab␡');
  expect(printable('\u009b31m \u202egnp.exe\u202c \u2066x\u2069 \u2028')).toBe('�31m �gnp.exe� �x� �');
  expect(printable('half \ud800 of a sign')).toBe('half � of a sign');
});

test('what people write stays as it is', () => {
  for (const text of ['日本語', 'Ünïcødé 🐟', 'naïve – “quotes”', 'עברית', '👩‍🔬'])
    expect(printable(text)).toBe(text);
});

const anything = fc.string({ unit: fc.nat({ max: 0x2100 }).map((code) => String.fromCharCode(code)) });

test('nothing that a terminal would obey passes, and nothing is longer for it', () => {
  fc.assert(
    fc.property(anything, (text) => {
      expect(isObeyed(printable(text))).toBe(false);
      expect(printable(text)).toHaveLength(text.length);
    }),
  );
});

test('JSON reads back as the same value, with nothing in it that a terminal would obey', () => {
  fc.assert(
    fc.property(anything, (text) => {
      const value = { [text]: [text] };
      expect(JSON.parse(printableJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      expect(isObeyed(printableJson(value))).toBe(false);
      expect(JSON.parse(printableJson(value, 2))).toEqual(JSON.parse(JSON.stringify(value)));
      expect(isObeyed(printableJson(value, 2).replaceAll('\n', ''))).toBe(false);
    }),
  );
});
