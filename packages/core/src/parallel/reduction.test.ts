import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answer, judged, type VectorStore } from './answer.ts';
import { heldAnswers, newReduction, partsOf, type Reduction, reduce, rootOf } from './reduction.ts';
import { nodesOfRange, treeHeight } from './tree.ts';

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

/** A vector that says how it was added up; what was freed must not be added or freed again. */
type Term = { text: string; free: boolean };

class Terms implements VectorStore<Term> {
  open = 0;

  of(text: string): Term {
    this.open += 1;
    return { text, free: false };
  }

  merge(into: Term, from: Term): void {
    into.text = `(${into.text} ${from.text})`;
    this.free(from);
  }

  free(term: Term): void {
    expect(term.free).toBe(false);
    term.free = true;
    this.open -= 1;
  }
}

const leafOf = (terms: Terms, index: number, change: Partial<Answer<Term>> = {}): Answer<Term> => ({
  node: { level: 0, index },
  finite: true,
  loss: index,
  correct: 1,
  count: 2,
  vector: terms.of(`${index}`),
  ...change,
});

function reduced(terms: Terms, leaves: number, from = 0, to = leaves, top?: number): Reduction<Term> {
  const reduction = newReduction<Term>(leaves, top);
  for (let leaf = from; leaf < to; leaf += 1) reduce(reduction, leafOf(terms, leaf), terms);
  return reduction;
}

describe('a reduction', () => {
  it('sums along the same tree for any leases in any order, merged in two stages', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
        (leaves, cuts, keys) => {
          const terms = new Terms();
          const bounds = [...new Set([0, leaves, ...cuts.map((cut) => cut % leaves)])].sort((a, b) => a - b);
          const answers = bounds.slice(1).flatMap((to, i) => {
            const from = bounds[i] as number;
            const held = heldAnswers(reduced(terms, leaves, from, to));
            expect(held.map(({ node }) => node)).toEqual(nodesOfRange(from, to, leaves));
            return held;
          });
          const shuffled = answers
            .map((answer) => ({ answer, key: keys.next().value as number }))
            .sort((a, b) => a.key - b.key);
          const whole = newReduction<Term>(leaves);
          for (const { answer } of shuffled) {
            expect(rootOf(whole)).toBeNull();
            reduce(whole, answer, terms);
          }
          expect(rootOf(whole)?.vector?.text).toBe(bracketed(leaves));
          expect(rootOf(whole)).toMatchObject({ correct: leaves, count: 2 * leaves });
          expect(terms.open).toBe(1);
        },
      ),
    );
  });

  it('keeps nodes of a level apart where parts are wanted, whatever their number', () => {
    for (let leaves = 1; leaves <= 40; leaves += 1) {
      for (let top = 0; top <= treeHeight(leaves); top += 1) {
        const terms = new Terms();
        const width = 2 ** top;
        const unfinished = reduced(terms, leaves, 1, leaves, top);
        expect(partsOf(unfinished)).toBeNull();
        reduce(unfinished, leafOf(terms, 0), terms);
        const parts = partsOf(unfinished) ?? [];
        expect(parts.map(({ count }) => count / 2)).toEqual(
          Array.from({ length: Math.ceil(leaves / width) }, (_, i) => Math.min(width, leaves - i * width)),
        );
        expect(terms.open).toBe(parts.length);
      }
    }
  });

  it('calls a node not finite that holds a leaf which is not, and lets go of its vectors', () => {
    const terms = new Terms();
    const reduction = newReduction<Term>(3);
    reduce(reduction, leafOf(terms, 2), terms);
    reduce(reduction, leafOf(terms, 0), terms);
    const broken = { finite: false, loss: Number.NaN, correct: 0, count: 2, vector: null };
    reduce(reduction, { node: { level: 0, index: 1 }, ...broken }, terms);
    expect(rootOf(reduction)).toMatchObject({ finite: false, count: 6, vector: null });
    expect(terms.open).toBe(0);
  });
});

describe('an answer that leaves', () => {
  it('is one and the same where the sum of finite numbers has overflowed', () => {
    const terms = new Terms();
    const overflowed = judged(leafOf(terms, 4), terms, () => false);
    expect(overflowed).toEqual({
      node: { level: 0, index: 4 },
      finite: false,
      loss: 0,
      correct: 0,
      count: 2,
      vector: null,
    });
    expect(judged(leafOf(terms, 5, { loss: Number.POSITIVE_INFINITY }), terms, () => true).finite).toBe(
      false,
    );
    expect(terms.open).toBe(0);
    const right = leafOf(terms, 6);
    expect(judged(right, terms, () => true)).toBe(right);
  });
});
