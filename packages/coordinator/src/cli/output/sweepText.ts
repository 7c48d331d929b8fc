/** A sweep as a table for people at a terminal: the best trial first and marked. */
import type { SweepView, TrialState, TrialView } from '@shoal/core';
import { columns, duration, figure } from './format.ts';

const STATES: { readonly [S in TrialState]?: string } = {
  planned: 'not begun',
  kept: 'may go on',
  left: 'not among the best',
};

export const stateText = (state: TrialState): string => STATES[state] ?? state;

export const valueText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null);

/** A line of headings, then one for each trial. */
export function sweepTable({ fields, metric, table, best }: SweepView): string[] {
  const rankOf = ({ rank }: TrialView): number => rank ?? Number.POSITIVE_INFINITY;
  const rows = [...table]
    .sort((a, b) => (rankOf(a) === rankOf(b) ? a.number - b.number : rankOf(a) - rankOf(b)))
    .map((trial) => [
      trial.number === best ? '*' : '',
      String(trial.number),
      ...fields.map(({ path }) => valueText(trial.values[path])),
      trial.figure === null ? '' : figure(trial.figure),
      String(trial.epochs),
      trial.epochs === 0 ? '' : duration(trial.seconds),
      stateText(trial.state),
      trial.runId,
    ]);
  const headings = ['', 'trial', ...fields.map(({ path }) => path), metric, 'epochs', 'time', 'state', 'run'];
  return columns([headings, ...rows]);
}
