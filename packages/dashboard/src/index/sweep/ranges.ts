/** Ranges on the axes of parallel coordinates: only trials that cross each axis within its range are kept. No page, no DOM. */
import type { TrialView } from '@shoal/core';
import { type Axis, placesOf } from './coordinates.ts';

/** Places on an axis, both of which are within it. */
export type Range = { readonly from: number; readonly to: number };

/** By the number of the axis; one without an entry keeps all. */
export type Ranges = ReadonlyMap<number, Range>;

export type End = keyof Range;

export const WHOLE: Range = { from: 0, to: 1 };
/** What is drawn shorter than that was a click. */
const LENGTH_MIN = 0.02;
/** Places come out of divisions. */
const NEAR = 1e-9;

export const isKept = (axes: readonly Axis[], ranges: Ranges, trial: TrialView): boolean => {
  const places = placesOf(axes, trial);
  return [...ranges].every(([axis, { from, to }]) => {
    const place = places[axis];
    return place !== null && place !== undefined && place >= from - NEAR && place <= to + NEAR;
  });
};

/** The ranges with another one on this axis; the whole axis is none. */
export function withRange(ranges: Ranges, axis: number, { from, to }: Range): Ranges {
  const changed = new Map(ranges);
  if (from <= NEAR && to >= 1 - NEAR) changed.delete(axis);
  else changed.set(axis, { from, to });
  return changed;
}

/** What a pointer has been drawn over, from one place to another and beyond the ends; null for a click. */
export function drawnRange(one: number, other: number): Range | null {
  const [from = 0, to = 0] = [one, other]
    .map((place) => Math.min(1, Math.max(0, place)))
    .sort((a, b) => a - b);
  return to - from < LENGTH_MIN ? null : { from, to };
}

/** Where trials cross this axis, and its ends, from below. */
export function stopsOf(
  axes: readonly Axis[],
  axis: number,
  trials: readonly TrialView[],
): readonly number[] {
  const places = trials.flatMap((trial) => placesOf(axes, trial)[axis] ?? []);
  return [...new Set([0, ...places, 1])].sort((a, b) => a - b);
}

/** One end of a range moved by a key: to the next place where a trial is, and never beyond the other end; null for other keys. */
export function movedEnd(range: Range, end: End, key: string, stops: readonly number[]): Range | null {
  const at = range[end];
  const above = stops.find((stop) => stop > at + NEAR) ?? 1;
  const below = stops.findLast((stop) => stop < at - NEAR) ?? 0;
  const [least, most] = end === 'from' ? [0, range.to] : [range.from, 1];
  const wanted = {
    ArrowUp: above,
    ArrowRight: above,
    ArrowDown: below,
    ArrowLeft: below,
    Home: least,
    End: most,
  }[key];
  return wanted === undefined ? null : { ...range, [end]: Math.min(most, Math.max(least, wanted)) };
}
