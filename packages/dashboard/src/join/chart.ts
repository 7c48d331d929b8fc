/** The curve as the points of polylines in a box of 100 by 100, its origin at the upper left. */
import type { CurveView } from '@shoal/worker/browser';

export type Chart = {
  /** Training loss, from 0 to `lossMax`. */
  readonly loss: string;
  /** Validation accuracy from 0 to 1; empty without a validation set, a dot after one epoch. */
  readonly accuracy: string;
  readonly lossMax: number;
  /** Right end of the axis. */
  readonly epochs: number;
};

/** Null as long as a line has fewer than two points. */
export function chartOf({ losses, epochs }: CurveView): Chart | null {
  // What was before this tab joined is known by the epoch: means, which belong to the middle of their epochs.
  const since = losses[0]?.at ?? Number.POSITIVE_INFINITY;
  const earlier = epochs.map(({ epoch, trainLoss }) => ({ at: epoch - 0.5, loss: trainLoss }));
  const points = [...earlier.filter(({ at }) => at < since), ...losses];
  if (points.length < 2) return null;
  const lossMax = niceAbove(Math.max(...points.map(({ loss }) => loss)));
  const end = Math.max(1, ...points.map(({ at }) => at), ...epochs.map(({ epoch }) => epoch));
  const place = (at: number, height: number): string =>
    `${round((at / end) * 100)},${round(100 - Math.min(1, Math.max(0, height)) * 100)}`;
  const accuracies = epochs.flatMap(({ epoch, validationAccuracy }) =>
    validationAccuracy === null ? [] : [place(epoch, validationAccuracy)],
  );
  return {
    loss: points.map(({ at, loss }) => place(at, loss / lossMax)).join(' '),
    accuracy: (accuracies.length === 1 ? [...accuracies, ...accuracies] : accuracies).join(' '),
    lossMax,
    epochs: end,
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** A round number, the first that is not below. */
function niceAbove(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  let power = 1;
  while (power * 10 <= value) power *= 10;
  while (power > value) power /= 10;
  return (
    [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((factor) => factor * power).find((nice) => nice >= value) ?? 10 * power
  );
}
