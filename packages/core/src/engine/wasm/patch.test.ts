import fc from 'fast-check';
import { expect, it } from 'vitest';
import { patchOf } from '../../../scripts/kernel-patch.mjs';
import { patched } from './patch.ts';

it('a patch makes one binary of another, however much they are alike', () => {
  const bytes = fc.uint8Array({ maxLength: 300, max: 3 });
  fc.assert(
    fc.property(bytes, bytes, bytes, (shared, first, second) => {
      const base = Buffer.from([...first, ...shared, ...second]);
      const binary = Buffer.from([...second, ...shared, ...first, ...shared]);
      expect(Buffer.from(patched(base, patchOf(base, binary)))).toEqual(binary);
    }),
    { numRuns: 500, seed: 1 },
  );
  const nothing = Buffer.alloc(0);
  expect(patched(nothing, patchOf(nothing, nothing))).toEqual(new Uint8Array(0));
});
