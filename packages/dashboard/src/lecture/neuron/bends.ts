/** A curve as a sum of shifted rectifiers or sigmoids: which neurons it takes, and what they add up to. */
import { activationOf } from '@shoal/core';

/** c·f(a·x − θ) */
export type Bend = { readonly a: number; readonly threshold: number; readonly c: number };
export type BendKind = 'relu' | 'sigmoid';
export type Sum = { readonly kind: BendKind; readonly base: number; readonly bends: readonly Bend[] };

/** How much steeper the sigmoids are than the distance between them asks for. */
const STEEPNESS = 6;

/**
 * Over x from 0 to 1. Rectifiers: the curve's broken line through `count` + 1 places; each changes the slope at the place
 * where it begins. Sigmoids: a staircase with a step between each two places.
 */
export function bendsFor(curve: (x: number) => number, kind: BendKind, count: number): Sum {
  const at = (i: number): number => curve(i / count);
  const base = at(0);
  if (kind === 'relu') {
    const slope = (i: number): number => (i < 0 ? 0 : (at(i + 1) - at(i)) * count);
    const bends = Array.from({ length: count }, (_, i) => ({
      ...{ a: 1, threshold: i / count },
      c: slope(i) - slope(i - 1),
    }));
    return { kind, base, bends };
  }
  const a = STEEPNESS * count;
  const bends = Array.from({ length: count }, (_, i) => ({
    ...{ a, threshold: (a * (i + 0.5)) / count },
    c: at(i + 1) - at(i),
  }));
  return { kind, base, bends };
}

export const bendAt = (kind: BendKind, { a, threshold, c }: Bend, x: number): number =>
  c * activationOf(kind).value(a * x - threshold);

export const sumAt = ({ kind, base, bends }: Sum, x: number): number =>
  bends.reduce((sum, bend) => sum + bendAt(kind, bend, x), base);
