/** How many samples and leaves the steps and evaluations of a run have. */
import {
  leafCount,
  leafRange,
  leavesOfStep,
  type RunShape,
  type SampleRange,
  samplesOfLeaves as samplesInStream,
  shapeOfRun,
  stepsOfEpoch,
} from '@shoal/core';
import type { RunFacts } from '../model/facts.ts';
import type { SetName } from '../model/ids.ts';

export function shapeOf(facts: RunFacts): RunShape {
  return shapeOfRun(facts.spec, facts.counts.train);
}

/** Steps of the epoch at hand, which is the last one once all are done. */
export function stepsAtHand(facts: RunFacts, epoch: number): number {
  return stepsOfEpoch(shapeOf(facts), Math.max(0, Math.min(epoch, facts.spec.epochs - 1)));
}

/** @param step counted over the whole run; of a gradient only */
export function leavesOfTree(facts: RunFacts, set: SetName, step: number): number {
  return set === 'train'
    ? leavesOfStep(shapeOf(facts), step)
    : leafCount(facts.counts[set], facts.spec.microbatch);
}

/** The samples of the leaves [from, to), as places: in the run's stream for training, in the set itself for an evaluation. */
export function placesOfLeaves(
  facts: RunFacts,
  set: SetName,
  step: number,
  from: number,
  to: number,
): SampleRange {
  if (set === 'train') return samplesInStream(shapeOf(facts), step, from, to);
  const { microbatch } = facts.spec;
  const count = facts.counts[set];
  return [leafRange(count, microbatch, from)[0], leafRange(count, microbatch, to - 1)[1]];
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
