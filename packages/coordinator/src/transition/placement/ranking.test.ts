import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { allInOrder, firstOf, newRanking, rank, unrank } from './ranking.ts';

const WORKERS = 12;

test('a ranking names the first, whoever comes, moves and goes', () => {
  const change = fc.record({
    id: fc.nat(WORKERS - 1),
    key: fc.option(fc.integer({ min: -3, max: 3 }), { nil: null }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const ranking = newRanking();
      const keys = new Map<number, number>();
      for (const { id, key } of changes) {
        if (key === null) unrank(ranking, id);
        else rank(ranking, id, key);
        if (key === null) keys.delete(id);
        else keys.set(id, key);
        const expected = [...keys].sort(([a, x], [b, y]) => x - y || a - b).map(([one]) => one);
        expect(firstOf(ranking)).toBe(expected[0] ?? null);
        expect(allInOrder(ranking)).toEqual(expected);
      }
    }),
  );
});
