/** What a chart shows, as data: lines over one axis, their look, and marks on it. Plain, so that it can be tested. */

/** Null is a gap. */
export type Values = readonly (number | null)[];

export type Line = {
  readonly label: string;
  readonly values: Values;
  /** Number of its colour, from 0; more than there are begin anew. */
  readonly look: number;
  readonly format: (value: number | null) => string;
  /** Behind the others and pale: raw values under their smoothed curve. */
  readonly faint?: boolean;
};

/** A moment worth a vertical line: the best epoch, the early stop. */
export type Mark = { readonly at: number; readonly label: string; readonly tone: 'good' | 'warn' };

export type ChartData = {
  readonly title: string;
  /** What the horizontal axis counts: `epoch`, `step`. */
  readonly axis: string;
  /** Ascending. */
  readonly at: readonly number[];
  readonly lines: readonly Line[];
  readonly marks: readonly Mark[];
  /** How the vertical axis is written. */
  readonly format: (value: number) => string;
  readonly log: boolean;
  /** Few enough points to draw each as a dot. */
  readonly dots: boolean;
  /** Charts of one group share the place of the crosshair. */
  readonly group: string;
};

/** Colours of `base.css`, in turn. */
export const COLOURS = 6;
/** On and off in pixels; after a round of colours the dashes move by one, so that no pair comes again soon. */
const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 4], [10, 4, 2, 4], [14, 6], [5, 2]];

export const colourOf = (look: number): string => `--series-${(look % COLOURS) + 1}`;

/** The dash of the line that is number `nth` (from 0) of those that are not faint. */
export const dashOf = (nth: number): number[] => [
  ...(DASHES[(nth + Math.floor(nth / COLOURS)) % DASHES.length] ?? []),
];

/** One for each line; faint ones are solid and do not count. */
export function dashesOf(lines: readonly Line[]): number[][] {
  let nth = -1;
  return lines.map(({ faint }) => {
    if (faint === true) return [];
    nth += 1;
    return dashOf(nth);
  });
}

/** So many points are taken together: a part of all that are there, within bounds. */
const windowOf = (points: number): number => Math.min(20, Math.max(3, points / 40));

/**
 * Exponential moving average without the pull to zero at its start (as Adam's moments are corrected); points that are
 * not finite are passed over.
 */
export function smoothed(values: readonly number[]): (number | null)[] {
  const weight = 1 / windowOf(values.length);
  let sum = 0;
  let weights = 0;
  return values.map((value) => {
    if (Number.isFinite(value)) {
      sum = sum * (1 - weight) + value * weight;
      weights = weights * (1 - weight) + weight;
    }
    return weights === 0 ? null : sum / weights;
  });
}

/** The last value that is there, for legends and descriptions. */
export const latest = (values: Values): number | null =>
  values.findLast((value) => value !== null && Number.isFinite(value)) ?? null;

/** On a log scale only what is above zero has a place. */
export const positive = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) && value > 0 ? value : null;

/** Rows of the table that stands in for a chart: as many as `most`, evenly spread, the last one always. */
export function tableRows(points: number, most: number): number[] {
  if (points <= most) return Array.from({ length: points }, (_, row) => row);
  return Array.from({ length: most }, (_, row) => Math.round(((row + 1) * points) / most) - 1);
}
