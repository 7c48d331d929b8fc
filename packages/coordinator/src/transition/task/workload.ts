/** How many samples and microbatches the steps and evaluations of a run have. */
import { leafCount, leafRange, type RunShape, samplesOfStep } from '@shoal/core';
import type { RunFacts } from '../model/facts.ts';
import type { SetName } from '../model/ids.ts';

export function shapeOf(facts: RunFacts): RunShape {
  const { batch, microbatch, epochs } = facts.spec;
  return { trainCount: facts.counts.train, batch, microbatch, epochs };
}

/** Samples of one tree: a step of training, or a whole evaluation set. */
function samplesOfTree(facts: RunFacts, set: SetName, step: number): number {
  if (set !== 'train') return facts.counts[set];
  const [from, to] = samplesOfStep(shapeOf(facts), step);
  return to - from;
}

export function leavesOfTree(facts: RunFacts, set: SetName, step: number): number {
  return leafCount(samplesOfTree(facts, set, step), facts.spec.microbatch);
}

/**
 * The samples of the leaves [from, to), as places: in the epoch's order for training, in the set itself for an
 * evaluation.
 */
export function placesOfLeaves(
  facts: RunFacts,
  set: SetName,
  step: number,
  from: number,
  to: number,
): readonly [first: number, last: number] {
  const count = samplesOfTree(facts, set, step);
  const base = set === 'train' ? step * facts.spec.batch : 0;
  const [first] = leafRange(count, facts.spec.microbatch, from);
  const [, last] = leafRange(count, facts.spec.microbatch, to - 1);
  return [base + first, base + last];
}

export function samplesOfLeaves(
  facts: RunFacts,
  set: SetName,
  step: number,
  from: number,
  to: number,
): number {
  const [first, last] = placesOfLeaves(facts, set, step, from, to);
  return last - first;
}
