/**
 * Where a run stands, and which samples every step and microbatch has: pure arithmetic on four numbers. An epoch
 * visits each training sample once, in the epoch's order; steps cut that order into batches, microbatches cut the
 * batches; the last batch of an epoch and the last microbatch of a step may be shorter.
 */

/** What the arithmetic depends on. */
export type RunShape = {
  /** Samples of the training split. */
  readonly trainCount: number;
  readonly batch: number;
  readonly microbatch: number;
  readonly epochs: number;
};

/** The step that comes next; every number counts from 0. */
export type Position = {
  readonly epoch: number;
  readonly stepInEpoch: number;
  /** Over the whole run. */
  readonly step: number;
};

/** [first, after the last) */
export type SampleRange = readonly [from: number, to: number];

export const RUN_START: Position = { epoch: 0, stepInEpoch: 0, step: 0 };

export function stepsPerEpoch(shape: RunShape): number {
  return Math.ceil(shape.trainCount / shape.batch);
}

export function totalSteps(shape: RunShape): number {
  return stepsPerEpoch(shape) * shape.epochs;
}

/** Places in the epoch's order that a step takes. */
export function samplesOfStep(shape: RunShape, stepInEpoch: number): SampleRange {
  const from = stepInEpoch * shape.batch;
  return [from, Math.min(from + shape.batch, shape.trainCount)];
}

/** Microbatches of a step: the leaves of its reduction tree. */
export function leavesOfStep(shape: RunShape, stepInEpoch: number): number {
  const [from, to] = samplesOfStep(shape, stepInEpoch);
  return leafCount(to - from, shape.microbatch);
}

/** Places in the epoch's order that microbatch `leaf` of a step takes. */
export function samplesOfLeaf(shape: RunShape, stepInEpoch: number, leaf: number): SampleRange {
  const [from, to] = samplesOfStep(shape, stepInEpoch);
  const [first, last] = leafRange(to - from, shape.microbatch, leaf);
  return [from + first, from + last];
}

/** Microbatches that `count` samples fill, as in an evaluation of a whole split. */
export function leafCount(count: number, microbatch: number): number {
  return Math.ceil(count / microbatch);
}

/** Samples of microbatch `leaf` among `count`. */
export function leafRange(count: number, microbatch: number, leaf: number): SampleRange {
  return [leaf * microbatch, Math.min((leaf + 1) * microbatch, count)];
}

/** The position after a step has been applied. */
export function nextPosition(shape: RunShape, position: Position): Position {
  const { epoch, stepInEpoch, step } = position;
  return isLastOfEpoch(shape, position)
    ? { epoch: epoch + 1, stepInEpoch: 0, step: step + 1 }
    : { epoch, stepInEpoch: stepInEpoch + 1, step: step + 1 };
}

export function isLastOfEpoch(shape: RunShape, position: Position): boolean {
  return position.stepInEpoch + 1 >= stepsPerEpoch(shape);
}

/** True when every epoch of the spec has been run. */
export function isFinished(shape: RunShape, position: Position): boolean {
  return position.epoch >= shape.epochs;
}
