import { nodesOfRange } from '@shoal/core';
import { describe, expect, test } from 'vitest';
import { splitRange } from './split.ts';

describe('splitting a lease over slots', () => {
  test('covers every range exactly once, with no part longer than an even share', () => {
    for (let from = 0; from < 20; from += 1) {
      for (let to = from + 1; to <= 20; to += 1) {
        for (let parts = 1; parts <= 6; parts += 1) {
          const ranges = splitRange(from, to, parts);
          const leaves = ranges.flatMap((range) =>
            Array.from({ length: range.to - range.from }, (_, i) => range.from + i),
          );
          expect(leaves).toEqual(Array.from({ length: to - from }, (_, i) => from + i));
          expect(ranges.length).toBeLessThanOrEqual(parts);
          const longest = Math.max(...ranges.map((range) => range.to - range.from));
          expect(longest).toBe(Math.ceil((to - from) / Math.min(parts, to - from)));
        }
      }
    }
  });

  test('cuts at the boundary of a subtree where the parts stay as even', () => {
    expect(splitRange(0, 8, 2)).toEqual([
      { from: 0, to: 4 },
      { from: 4, to: 8 },
    ]);
    const parts = splitRange(0, 7, 2);
    expect(parts).toEqual([
      { from: 0, to: 4 },
      { from: 4, to: 7 },
    ]);
    expect(parts.flatMap((part) => nodesOfRange(part.from, part.to, 7))).toHaveLength(2);
  });

  test('leaves slots idle when there are fewer leaves than slots', () => {
    expect(splitRange(5, 7, 4)).toEqual([
      { from: 5, to: 6 },
      { from: 6, to: 7 },
    ]);
  });
});
