/** How many samples and leaves the steps and evaluations of a run have. */
import {
  type Answer,
  leafCount,
  leafRange,
  leavesOf,
  leavesOfStep,
  probePieces,
  type RunShape,
  type SampleRange,
  samplesOfLeaves as samplesInStream,
  samplesOfStep,
  shapeOfRun,
  stepsOfEpoch,
} from '@shoal/core';
import type { RunFacts } from '../model/facts.ts';
import type { SetName, TaskKind } from '../model/ids.ts';

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

/** An evaluation has no backward pass: this part of a training microbatch's work, at every worker. */
const EVALUATION_WORK = 1 / 3;

/** The work of a leaf, in training microbatches. @param step counted over the whole run; of a gradient only */
export function leafWorkOf(facts: RunFacts, kind: TaskKind, step: number): number {
  if (kind === 'evaluate') return EVALUATION_WORK;
  const shape = shapeOf(facts);
  if (!shape.acrossEpochs) return 1;
  const [from, to] = samplesOfStep(shape, step);
  return Math.max(1, (to - from) / leavesOfStep(shape, step) / facts.spec.microbatch);
}

/** What a node's sums weigh in a mean over nodes: their samples, or where steps have local ones their replicas. */
export function weightOf(
  facts: RunFacts,
  leaves: number,
  { node, count }: Pick<Answer<unknown>, 'node' | 'count'>,
): number {
  if (!shapeOf(facts).acrossEpochs) return count;
  const [from, to] = leavesOf(node, leaves);
  return to - from;
}

/** Microbatches of the probe. */
export function probeWork({ spec, counts }: RunFacts): number {
  const samples = probePieces(spec, counts.train).reduce((sum, { from, to }) => sum + to - from, 0);
  return Math.max(1, samples / spec.microbatch);
}
