/**
 * Where a run stands, and which samples every step and leaf has: pure arithmetic on four numbers. An epoch visits each
 * training sample once, in the epoch's order; steps cut that order, leaves cut the steps; the last step of an epoch and the
 * last leaf of a step may be shorter.
 */

/** What the arithmetic depends on. */
export type RunShape = {
  /** Samples of the training split. */
  readonly trainCount: number;
  /** Samples of a step, and of one of its leaves. */
  readonly stepSamples: number;
  readonly leafSamples: number;
  readonly epochs: number;
};

/** [first, after the last) */
export type SampleRange = readonly [from: number, to: number];

export function stepsPerEpoch(shape: RunShape): number {
  return Math.ceil(shape.trainCount / shape.stepSamples);
}

export function totalSteps(shape: RunShape): number {
  return stepsPerEpoch(shape) * shape.epochs;
}

/** Places in the epoch's order that a step takes. */
export function samplesOfStep(shape: RunShape, stepInEpoch: number): SampleRange {
  const from = stepInEpoch * shape.stepSamples;
  return [from, Math.min(from + shape.stepSamples, shape.trainCount)];
}

/** Leaves of a step's reduction tree. */
export function leavesOfStep(shape: RunShape, stepInEpoch: number): number {
  const [from, to] = samplesOfStep(shape, stepInEpoch);
  return leafCount(to - from, shape.leafSamples);
}

/** Places in the epoch's order that leaf `leaf` of a step takes. */
export function samplesOfLeaf(shape: RunShape, stepInEpoch: number, leaf: number): SampleRange {
  const [from, to] = samplesOfStep(shape, stepInEpoch);
  const [first, last] = leafRange(to - from, shape.leafSamples, leaf);
  return [from + first, from + last];
}

/** Leaves of `leafSamples` each that `count` samples fill, as in an evaluation of a whole split. */
export function leafCount(count: number, leafSamples: number): number {
  return Math.ceil(count / leafSamples);
}

/** Samples of leaf `leaf` among `count`. */
export function leafRange(count: number, leafSamples: number, leaf: number): SampleRange {
  return [leaf * leafSamples, Math.min((leaf + 1) * leafSamples, count)];
}
