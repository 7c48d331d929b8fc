/** What pages and programs are shown of sweeps. Plain JSON. */
import type { SweepGoal, SweepMetric, SweepSearch } from '../sweep/sweep.ts';
import type { RunStateName } from './records.ts';

/** `halted`: it is not going on at present, and not done. */
export type SweepState = 'waiting' | 'going' | 'halted' | 'done';

export type SweepSummary = {
  readonly name: string;
  readonly state: SweepState;
  readonly search: SweepSearch['type'];
  readonly trials: number;
  /** Trials of which nothing is left to do. */
  readonly done: number;
};

/** `planned`: not begun; `kept`: stopped after its rung, may go on; `left`: not among the best of its rung. */
export type TrialState = RunStateName | 'planned' | 'kept' | 'left';

export type TrialView = {
  /** From 1. */
  readonly number: number;
  readonly runId: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly state: TrialState;
  /** The rung that it is on or was left at, from 0. */
  readonly rung: number;
  /** Complete epochs. */
  readonly epochs: number;
  /** Of the sweep's metric; null where there is none. */
  readonly figure: number | null;
  /** From 1, the best first; null without a figure. */
  readonly rank: number | null;
  /** Of training, all epochs together. */
  readonly seconds: number;
};

export type SweepView = SweepSummary & {
  readonly metric: SweepMetric;
  readonly goal: SweepGoal;
  readonly fields: readonly SweepField[];
  /** In their order. */
  readonly table: readonly TrialView[];
  /** Number of the best trial; null while none has a figure. */
  readonly best: number | null;
};

/** A field that varies, as an axis is drawn. */
export type SweepField = {
  readonly path: string;
  readonly scale: 'linear' | 'log' | 'categories';
};
