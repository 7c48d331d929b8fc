/**
 * The coordinate-wise trimmed mean (Yin, Chen, Ramchandran and Bartlett 2018): of each coordinate the largest and the
 * smallest means are left out, so that a few strange parts cannot move it beyond what the others say.
 */
import type { VectorArena } from '@shoal/core';
import type { Group } from '../../transition/model/effects.ts';

/**
 * Puts the trimmed mean over all samples (or replicas) of the parts, times the number of these, into the first part's
 * vector. With gᵢ the sum of part i over nᵢ of them, its weight, in float64: Σᵢ nᵢ · mean over the kept of gᵢ / nᵢ. The others are not freed.
 * @param drop parts left out at each end of each coordinate; fewer than half of them
 */
export function trimInto(arena: VectorArena, groups: readonly Group[], drop: number): void {
  const [first] = groups;
  if (first === undefined) return;
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  const views = groups.map(({ tensor }) => arena.view(tensor));
  const weights = groups.map(({ weight }) => weight);
  const means = new Float64Array(groups.length);
  const kept = groups.length - 2 * drop;
  const into = arena.view(first.tensor);
  for (let i = 0; i < into.length; i += 1) {
    for (let j = 0; j < means.length; j += 1) means[j] = (views[j]?.[i] ?? 0) / (weights[j] ?? 1);
    means.sort();
    let sum = 0;
    for (let j = drop; j < means.length - drop; j += 1) sum += means[j] ?? 0;
    into[i] = (sum / kept) * total;
  }
}
