import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WorkerState } from '../model/worker.ts';
import { Ranking } from './ranking.ts';

const workers = Array.from({ length: 12 }, (_, id) => ({ id }) as WorkerState);

test('a ranking names the first, whoever comes, moves and goes', () => {
  const change = fc.record({
    id: fc.nat(workers.length - 1),
    key: fc.option(fc.integer({ min: -3, max: 3 }), { nil: null }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const ranking = new Ranking();
      const keys = new Map<number, number>();
      for (const { id, key } of changes) {
        const worker = workers[id] as WorkerState;
        if (key === null) ranking.delete(worker);
        else ranking.set(worker, key);
        if (key === null) keys.delete(id);
        else keys.set(id, key);
        const expected = [...keys].sort(([a, x], [b, y]) => x - y || a - b).map(([one]) => one);
        expect(ranking.first?.id).toBe(expected[0]);
        expect(ranking.inOrder().map((one) => one.id)).toEqual(expected);
      }
    }),
  );
});
