import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leavesOf, nodesOfRange, treeHeight } from './tree.ts';

describe('reduction tree', () => {
  it('has one node for an aligned block and few for any range', () => {
    expect(nodesOfRange(4, 8, 16)).toEqual([{ level: 2, index: 1 }]);
    expect(nodesOfRange(0, 5, 5)).toEqual([{ level: 3, index: 0 }]);
    expect(nodesOfRange(1, 4, 5)).toEqual([
      { level: 0, index: 1 },
      { level: 1, index: 1 },
    ]);
  });

  it('covers each range exactly once, with at most 2·log₂ n nodes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(), (leaves, a, b) => {
        const from = a % leaves;
        const to = from + 1 + (b % (leaves - from));
        let at = from;
        const nodes = nodesOfRange(from, to, leaves);
        for (const node of nodes) {
          const [first, last] = leavesOf(node, leaves);
          expect(first).toBe(at);
          at = last;
        }
        expect(at).toBe(to);
        expect(nodes.length).toBeLessThanOrEqual(Math.max(1, 2 * treeHeight(leaves)));
      }),
    );
  });
});
