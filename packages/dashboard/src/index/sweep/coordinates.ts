/** Parallel coordinates: which axes there are, where a value stands on each, and how good a figure is. No page, no DOM. */
import type { SweepField, SweepGoal, SweepView, TrialView } from '@shoal/core';

export type Axis = {
  readonly path: string;
  readonly isLog: boolean;
  /** From 0 (below) to 1 (above), with what is written there. */
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  /** Null where the value has no place. */
  readonly place: (value: unknown) => number | null;
  /** What stands at this place, or nearest to it. */
  readonly textAt: (place: number) => string;
};

/** Steps of the colours, from the worst figure to the best. */
export const TONES = 6;
/** More categories are not written beside an axis; their places stay. */
const NAMES_MAX = 12;
const TICKS = 5;

export const shownValue = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null);

/** `values`: those that the trials have. */
export function axisOf({ path, scale }: SweepField, values: readonly unknown[]): Axis {
  const numbers = values.filter((value) => typeof value === 'number');
  if (scale === 'categories' || numbers.length < values.length || numbers.length === 0) {
    return categories(path, values);
  }
  return numeric(path, numbers, scale === 'log');
}

function categories(path: string, values: readonly unknown[]): Axis {
  const names = [...new Set(values.map(shownValue))];
  const placeOf = (index: number): number => (names.length === 1 ? 0.5 : index / (names.length - 1));
  const ticks = names.length > NAMES_MAX ? [] : names.map((text, index) => ({ at: placeOf(index), text }));
  return {
    path,
    isLog: false,
    ticks,
    place: (value) => {
      const index = names.indexOf(shownValue(value));
      return index === -1 ? null : placeOf(index);
    },
    textAt: (place) => names[Math.round(place * (names.length - 1))] ?? '',
  };
}

const short = (value: number): string => String(Number(value.toPrecision(3)));

function numeric(path: string, numbers: readonly number[], isLog: boolean): Axis {
  const distinct = [...new Set(numbers)].sort((a, b) => a - b);
  const least = distinct[0] ?? 0;
  const most = distinct.at(-1) ?? 0;
  const onScale = (value: number): number => (isLog ? Math.log10(value) : value);
  const [from, to] = [onScale(least), onScale(most)];
  const place = (value: unknown): number | null => {
    if (typeof value !== 'number' || !Number.isFinite(value) || (isLog && value <= 0)) return null;
    return from === to ? 0.5 : (onScale(value) - from) / (to - from);
  };
  const marks = distinct.length <= TICKS ? distinct : between(from, to, isLog);
  return {
    path,
    isLog,
    ticks: marks.map((value) => ({ at: place(value) ?? 0, text: short(value) })),
    place,
    textAt: (at) => {
      const value = from + (to - from) * at;
      return short(isLog ? 10 ** value : value);
    },
  };
}

function between(from: number, to: number, isLog: boolean): number[] {
  return Array.from({ length: TICKS }, (_, index) => {
    const value = from + ((to - from) * index) / (TICKS - 1);
    return isLog ? 10 ** value : value;
  });
}

/** One for each field that varies and one for the figure, from left to right. */
export function axesOf({ fields, table, metric }: SweepView): readonly Axis[] {
  const axes = fields.map((field) =>
    axisOf(
      field,
      table.map(({ values }) => values[field.path]),
    ),
  );
  const figures = table.flatMap(({ figure }) => figure ?? []);
  return [...axes, axisOf({ path: metric, scale: 'linear' }, figures)];
}

/** Where a trial crosses each axis; null where it has no place there, as long as it has no figure. */
export const placesOf = (axes: readonly Axis[], { values, figure }: TrialView): readonly (number | null)[] =>
  axes.map(({ path, place }, index) => place(index === axes.length - 1 ? figure : values[path]));

/** 0 for the worst third of the way and below, TONES − 1 for the best; null without a figure. */
export function toneOf(figure: number | null, figures: readonly number[], goal: SweepGoal): number | null {
  if (figure === null) return null;
  // By rank: one figure far from all others would leave them one colour.
  const worse = figures.filter((other) => (goal === 'min' ? other > figure : other < figure)).length;
  return figures.length < 2 ? TONES - 1 : Math.floor((worse / (figures.length - 1)) * (TONES - 1) + 0.5);
}
