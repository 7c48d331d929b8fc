import { VectorArena } from '@shoal/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dropped, GROUPS_MAX, levelOfGroups } from '../../transition/task/groups.ts';
import { trimInto } from './trimmedMean.ts';

function trimmed(
  parts: readonly { readonly values: readonly number[]; readonly weight: number }[],
  drop: number,
) {
  const arena = new VectorArena({ length: parts[0]?.values.length ?? 0 });
  const groups = parts.map(({ values, weight }) => ({
    tensor: arena.allocateFrom(Float32Array.from(values)),
    weight,
  }));
  trimInto(arena, groups, drop);
  return [...arena.view(groups[0]?.tensor ?? 0)];
}

const honest = { values: [2, -4, 0], weight: 2 };

test('with nothing left out it is the sum, where the parts are of one size', () => {
  expect(trimmed([honest, { values: [4, 0, 6], weight: 2 }], 0)).toEqual([6, -4, 6]);
});

test('one strange part among five moves no coordinate beyond what the others say', () => {
  for (const strange of [
    [1e9, -1e9, 1e9],
    [0, 0, 0],
    [-2, 4, 0],
    [Number.MAX_VALUE, 0, 0],
  ]) {
    const others = [honest, honest, honest, honest];
    const sum = trimmed([{ values: strange, weight: 2 }, ...others], 1);
    expect(sum).toEqual([10, -20, 0]);
  }
});

test('parts of different sizes weight by their means', () => {
  // Means 1, 1 and 9 of 2, 4 and 2 samples: the middle one is 1, times 8 samples.
  const parts = [
    { values: [2], weight: 2 },
    { values: [4], weight: 4 },
    { values: [18], weight: 2 },
  ];
  expect(trimmed(parts, 1)).toEqual([8]);
});

test('a step has no more parts than are held, and something of them always remains', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 0, max: 7 }), (leaves, trim) => {
      const parts = Math.ceil(leaves / 2 ** levelOfGroups(leaves));
      expect(parts).toBeLessThanOrEqual(GROUPS_MAX);
      expect(parts - 2 * dropped(trim, parts)).toBeGreaterThan(0);
    }),
  );
});
