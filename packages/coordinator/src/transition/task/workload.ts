/** How many samples and leaves the steps and evaluations of a run have. */
import { leafCount, leafRange, leafSamplesOf, type RunShape, samplesOfStep, shapeOfRun } from '@shoal/core';
import type { RunFacts } from '../model/facts.ts';
import type { SetName } from '../model/ids.ts';

export function shapeOf(facts: RunFacts): RunShape {
  return shapeOfRun(facts.spec, facts.counts.train);
}

/** Samples of one tree, as places: of a step in the epoch's order, of an evaluation the whole set. */
function samplesOfTree(facts: RunFacts, set: SetName, step: number): readonly [from: number, to: number] {
  return set === 'train' ? samplesOfStep(shapeOf(facts), step) : [0, facts.counts[set]];
}

export function leavesOfTree(facts: RunFacts, set: SetName, step: number): number {
  const [from, to] = samplesOfTree(facts, set, step);
  return leafCount(to - from, leafSamplesOf(facts.spec, set !== 'train'));
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
  const [base, end] = samplesOfTree(facts, set, step);
  const leafSamples = leafSamplesOf(facts.spec, set !== 'train');
  const [first] = leafRange(end - base, leafSamples, from);
  const [, last] = leafRange(end - base, leafSamples, to - 1);
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
