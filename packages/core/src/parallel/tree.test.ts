import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leavesOf, nodesOfRange, TreeMerger, treeHeight } from './tree.ts';

/** The definition, written out: pair neighbours level by level, an odd one moves up unchanged. */
function bracketed(leaves: number): string {
  let level = Array.from({ length: leaves }, (_, i) => `${i}`);
  while (level.length > 1) {
    const next: string[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const right = level[i + 1];
      next.push(right === undefined ? (level[i] as string) : `(${level[i]} ${right})`);
    }
    level = next;
  }
  return level[0] as string;
}

const merger = (leaves: number) =>
  new TreeMerger<string>({ leaves, merge: (left, right) => `(${left} ${right})` });

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

  it('sums along the same tree for any leases in any order, merged in two stages', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
        (leaves, cuts, keys) => {
          const bounds = [...new Set([0, leaves, ...cuts.map((cut) => cut % leaves)])].sort((a, b) => a - b);
          const partials = bounds.slice(1).flatMap((to, i) => {
            const worker = merger(leaves);
            for (let leaf = bounds[i] as number; leaf < to; leaf += 1) {
              worker.add({ level: 0, index: leaf }, `${leaf}`);
            }
            const entries = worker.entries();
            expect(entries.length).toBe(nodesOfRange(bounds[i] as number, to, leaves).length);
            return entries;
          });
          const shuffled = partials
            .map((partial) => ({ partial, key: keys.next().value as number }))
            .sort((a, b) => a.key - b.key);
          const root = merger(leaves);
          for (const { partial } of shuffled) root.add(partial.node, partial.value);
          expect(root.root).toBe(bracketed(leaves));
        },
      ),
    );
  });
});
