/** A sweep: one run spec, fields of it with the values to try, and how the values are searched. Plain data. */
import type { RunSpec } from '../spec/runSpec.ts';

/** What trials are compared by: figures of an epoch that no test sample has gone into. */
export const SWEEP_METRICS = ['validationLoss', 'validationAccuracy', 'trainLoss', 'trainAccuracy'] as const;
export type SweepMetric = (typeof SWEEP_METRICS)[number];

export const SWEEP_GOALS = ['min', 'max'] as const;
export type SweepGoal = (typeof SWEEP_GOALS)[number];

/** Of one sweep. */
export const TRIALS_MAX = 1_000;
export const SWEEP_FIELDS_MAX = 16;
export const SWEEP_NAME_MAX = 40;

/** Numbers between two others, both included. */
export type SweepRange = {
  readonly from: number;
  readonly to: number;
  /** `log`: equal ratios are equally likely. */
  readonly scale: 'linear' | 'log';
  readonly whole: boolean;
};

/** The values of one field; `path` as `--set` writes it. */
export type SweepAxis = { readonly path: string } & (
  | { readonly type: 'values'; readonly values: readonly unknown[] }
  | ({ readonly type: 'range' } & SweepRange)
);

export type SweepSearch =
  /** Every combination, the last field changing fastest. */
  | { readonly type: 'grid' }
  /** So many different combinations, drawn by the seed. */
  | { readonly type: 'random'; readonly trials: number; readonly seed: number }
  /** All are trained a little, the best of them longer (Jamieson and Talwalkar, 2016). */
  | {
      readonly type: 'successiveHalving';
      /** Null: every combination. */
      readonly trials: number | null;
      readonly seed: number;
      /** One of so many goes on to so many times the epochs. */
      readonly eta: number;
      readonly minEpochs: number;
      /** Those of every trial's spec. */
      readonly maxEpochs: number;
    };

export type Sweep = {
  /** Small letters, digits and dashes. */
  readonly name: string;
  readonly base: RunSpec;
  readonly axes: readonly SweepAxis[];
  readonly search: SweepSearch;
  readonly objective: { readonly metric: SweepMetric; readonly goal: SweepGoal };
};

/** One run of a sweep. */
export type Trial = {
  /** From 1. */
  readonly number: number;
  /** What varies, by path, in the order of the axes. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly spec: RunSpec;
};

export const goalOf = (metric: SweepMetric): SweepGoal => (metric.endsWith('Loss') ? 'min' : 'max');
