/** A row of the list of runs for tests. */
import { RUN_FIGURE_NAMES, type RunFigureValues, type RunSummary } from '@shoal/core';

const NO_FIGURES = Object.fromEntries(RUN_FIGURE_NAMES.map((name) => [name, null])) as RunFigureValues;

export const madeSummary = (fields: Partial<RunSummary>): RunSummary => ({
  ...NO_FIGURES,
  ...{ runId: 'mnist-cnn-1', name: 'mnist-cnn', preset: 'mnist-cnn', about: '' },
  ...{ tags: [], notes: '', archived: false },
  ...{ createdAt: '2026-03-09T14:05:59Z', endedAt: null, state: 'finished' },
  ...{ testAccuracy: 0.9, epochs: 3, model: 'conv2d × 2, dense', dataSet: 'mnist' },
  ...{ optimizer: { type: 'adam', lr: 0.001 }, parametersSha256: null, specSha256: 's', alike: null },
  ...fields,
});
