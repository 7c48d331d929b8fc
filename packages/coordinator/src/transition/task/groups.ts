/**
 * Keeping a step's gradient in parts where a trimmed mean is to be taken: the tree is summed up to nodes of a fixed
 * size, and these stay apart. They are what a strange answer may spoil, so a lease is never larger than one.
 */
import { type Answer, newReduction, reduce, rootOf, type Sums, type VectorStore, widthOf } from '@shoal/core';
import type { Group } from '../model/effects.ts';
import type { TensorId } from '../model/ids.ts';

/** Parts of a step at most: so many gradients are held at its end, whatever its size. */
export const GROUPS_MAX = 16;

/** The level of the tree whose nodes are the parts: the lowest that has no more than GROUPS_MAX of them. */
export function levelOfGroups(leaves: number): number {
  let level = 0;
  while (Math.ceil(leaves / widthOf(level)) > GROUPS_MAX) level += 1;
  return level;
}

/** How many of `groups` may be dropped at each end so that some remain. */
export function dropped(trim: number, groups: number): number {
  return Math.max(0, Math.min(trim, Math.floor((groups - 1) / 2)));
}

/**
 * @param weigh what a part weighs in their mean
 * @throws Error for a part without a gradient: none that is complete is
 */
export function groupsOf(
  parts: readonly Answer<TensorId>[],
  weigh: (part: Answer<TensorId>) => number,
): Group[] {
  return parts.map((part) => {
    const { vector } = part;
    if (vector === null) throw new Error('A complete part of a step has no gradient.');
    return { tensor: vector, weight: weigh(part) };
  });
}

const NO_VECTORS: VectorStore<never> = { merge: () => {}, free: () => {} };

/** Loss and counts over all parts, with the bits that the whole tree gives them. */
export function totalOf(parts: readonly Answer<TensorId>[], leaves: number): Sums<never> {
  const upper = newReduction<never>(leaves);
  for (const part of parts) reduce(upper, { ...part, vector: null }, NO_VECTORS);
  const total = rootOf(upper);
  if (total === null) throw new Error('Parts of a step are missing.');
  return total;
}
