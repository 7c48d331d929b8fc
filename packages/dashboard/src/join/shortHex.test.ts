import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HEX_OF, shortened, shortHex } from '../../shortHex.ts';

const hexOf = new Function(`${HEX_OF} return hexOf;`)() as (text: string) => string;

test('digits come back as they were, from printable characters', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      const hex = Buffer.from(bytes).toString('hex');
      const text = shortened(hex);
      expect(text).toMatch(/^[ -~\u00a1-\uffff]*$/);
      expect(text).toHaveLength(bytes.length);
      expect(hexOf(text)).toBe(hex);
    }),
    { numRuns: 200, seed: 3 },
  );
  const all = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join('');
  expect(hexOf(shortened(all))).toBe(all);
});

test('a module exports the same texts, the long ones in other words', () => {
  const long = Buffer.alloc(6_000, '\\"\'`$').toString('hex');
  const code = `const LONG = '${long}', SHORT = '00ff';`;
  const { transform } = shortHex();
  const changed = transform(code) ?? '';
  expect(changed).not.toContain(long);
  expect(new Function(`${changed} return [LONG, SHORT];`)()).toEqual([long, '00ff']);
  expect(transform("const SHORT = '00ff';")).toBeNull();
});
