/**
 * Where a run stands, and which samples every step and leaf has: pure arithmetic on a few numbers. An epoch visits each
 * training sample once, in the epoch's order; the epochs' orders one after another are the run's *stream*. Steps cut the
 * stream, leaves cut the steps. A *place* counts from 0 in the stream, or in the order of one epoch where an epoch is named.
 */

/** What the arithmetic depends on. */
export type RunShape = {
  /** Samples of the training split. */
  readonly trainCount: number;
  /** Samples of a step, and of one of its leaves. */
  readonly stepSamples: number;
  readonly leafSamples: number;
  readonly epochs: number;
  /**
   * False: every epoch begins with a step of its own, and the last of an epoch and the last leaf of a step may be shorter.
   * True: epochs follow each other without a gap, a step ends at most one of them (`stepSamples` ≤ `trainCount`), and only
   * the run's last step may be shorter: its leaves share evenly what remains.
   */
  readonly acrossEpochs: boolean;
};

/** [first, after the last) */
export type SampleRange = readonly [from: number, to: number];

/** Places [from, to) of one epoch's order. */
export type EpochPiece = { readonly epoch: number; readonly from: number; readonly to: number };

/** The step, counted over the whole run, that an epoch begins with: the first one that ends after the epoch before it does. */
export function firstStepOf(shape: RunShape, epoch: number): number {
  const { trainCount, stepSamples, acrossEpochs } = shape;
  return acrossEpochs
    ? Math.ceil((epoch * trainCount) / stepSamples)
    : epoch * Math.ceil(trainCount / stepSamples);
}

/** Steps of an epoch: after the last of them its last sample has been used, and it is evaluated. */
export function stepsOfEpoch(shape: RunShape, epoch: number): number {
  return firstStepOf(shape, epoch + 1) - firstStepOf(shape, epoch);
}

export function totalSteps(shape: RunShape): number {
  return firstStepOf(shape, shape.epochs);
}

/** Places in the stream that a step takes, counted over the whole run. */
export function samplesOfStep(shape: RunShape, step: number): SampleRange {
  const { trainCount, stepSamples, epochs, acrossEpochs } = shape;
  if (acrossEpochs) {
    const from = step * stepSamples;
    return [from, Math.min(from + stepSamples, epochs * trainCount)];
  }
  const stepsPerEpoch = Math.ceil(trainCount / stepSamples);
  const start = Math.floor(step / stepsPerEpoch) * trainCount;
  const from = (step % stepsPerEpoch) * stepSamples;
  return [start + from, start + Math.min(from + stepSamples, trainCount)];
}

/** Leaves of a step's reduction tree. */
export function leavesOfStep(shape: RunShape, step: number): number {
  const [from, to] = samplesOfStep(shape, step);
  if (!shape.acrossEpochs) return leafCount(to - from, shape.leafSamples);
  return Math.min(shape.stepSamples / shape.leafSamples, to - from);
}

/** Places in the stream that the leaves [first, last) of a step take. */
export function samplesOfLeaves(shape: RunShape, step: number, first: number, last: number): SampleRange {
  const [from, to] = samplesOfStep(shape, step);
  const count = to - from;
  if (!shape.acrossEpochs) {
    return [
      from + leafRange(count, shape.leafSamples, first)[0],
      from + leafRange(count, shape.leafSamples, last - 1)[1],
    ];
  }
  const leaves = leavesOfStep(shape, step);
  // A whole step is a multiple of its leaves; of the last one each leaf gets its share, one more or one less.
  return [from + Math.floor((first * count) / leaves), from + Math.floor((last * count) / leaves)];
}

/** The same range of the stream as pieces of the epochs' orders. */
export function piecesOf({ trainCount }: Pick<RunShape, 'trainCount'>, range: SampleRange): EpochPiece[] {
  const pieces: EpochPiece[] = [];
  for (let at = range[0]; at < range[1]; ) {
    const epoch = Math.floor(at / trainCount);
    const end = Math.min(range[1], (epoch + 1) * trainCount);
    pieces.push({ epoch, from: at - epoch * trainCount, to: end - epoch * trainCount });
    at = end;
  }
  return pieces;
}

/** What the leaves [first, last) of a step, counted over the whole run, take of the epochs' orders. */
export function piecesOfLeaves(shape: RunShape, step: number, first: number, last: number): EpochPiece[] {
  return piecesOf(shape, samplesOfLeaves(shape, step, first, last));
}

/** Leaves of `leafSamples` each that `count` samples fill, as in an evaluation of a whole split. */
export function leafCount(count: number, leafSamples: number): number {
  return Math.ceil(count / leafSamples);
}

/** Samples of leaf `leaf` among `count`. */
export function leafRange(count: number, leafSamples: number, leaf: number): SampleRange {
  return [leaf * leafSamples, Math.min((leaf + 1) * leafSamples, count)];
}
