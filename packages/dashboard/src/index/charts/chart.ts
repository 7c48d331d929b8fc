/** What a chart shows, as data: lines over one axis, their look, and marks on it. Plain, so that it can be tested. */

/** Null is a gap. */
export type Values = readonly (number | null)[];

export type Line = {
  readonly label: string;
  readonly values: Values;
  /** Number of its colour, from 0. */
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
  /** How a place on the horizontal axis is written; absent: as a whole number. */
  readonly place?: (at: number) => string;
  /** Lines go on over places at which only others have a point. */
  readonly joins?: boolean;
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

/** Colours of `base.css`; those after them are made. */
export const COLOURS = 6;
/** On and off in pixels; after a round of colours the dashes move by one, so that no pair comes again soon. */
const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 4], [10, 4, 2, 4], [14, 6], [5, 2]];

/** One of the page's own, by turns. */
export const colourOf = (look: number): string => `--series-${(look % COLOURS) + 1}`;

/** The golden angle: however many hues are taken, each new one falls into the largest gap between the others. */
const TURN_DEG = 137.508;

/**
 * As CSS: one of the page's own, whose names begin with `--`, or one that is made. No two lines have the same; `isDark` is
 * whether they stand on a dark ground.
 */
export function distinctColourOf(look: number, isDark: boolean): string {
  if (look < COLOURS) return colourOf(look);
  const hue = (look * TURN_DEG) % 360;
  // Rounds differ in lightness and saturation too, since neighbouring hues are hard to tell apart.
  const round = Math.floor(look / COLOURS) % 3;
  const lightness = isDark ? 62 + 7 * round : 30 + 7 * round;
  return `hsl(${hue.toFixed(1)} ${80 - 15 * round}% ${lightness}%)`;
}

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
