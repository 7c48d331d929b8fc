/** A sweep as it is typed into the form, and the file that it amounts to. No page. */
import type { SweepMetric, SweepSearch } from '@shoal/core';

export type SweepDraft = {
  readonly name: string;
  /** The name of a preset; empty for the spec that is written under "Start". */
  readonly base: string;
  readonly fields: readonly { readonly path: string; readonly values: string }[];
  readonly search: SweepSearch['type'];
  readonly trials: string;
  readonly seed: string;
  readonly eta: string;
  readonly minEpochs: string;
  readonly maxEpochs: string;
  readonly metric: SweepMetric;
};

export const FIRST_DRAFT: SweepDraft = {
  name: 'learning-rates',
  base: 'mnist-mlp',
  fields: [{ path: 'optimizer.lr', values: '0.1, 0.01, 0.001' }],
  search: 'grid',
  trials: '',
  seed: '1',
  eta: '3',
  minEpochs: '1',
  maxEpochs: '',
  metric: 'validationLoss',
};

/**
 * `0.0001..0.1 log` is a range, everything else a list with commas between; what is no JSON is a text. What is wrong is
 * for the check of the whole sweep to say.
 */
export function typedValues(text: string): unknown {
  const [, from, to, words = ''] = /^\s*(\S+?)\.\.(\S+)((?:\s+(?:log|linear|whole))*)\s*$/.exec(text) ?? [];
  if (from !== undefined && to !== undefined) {
    const range = { from: typedValue(from), to: typedValue(to) };
    const isLog = /\blog\b/.test(words);
    return { ...range, ...(isLog && { scale: 'log' }), ...(/\bwhole\b/.test(words) && { whole: true }) };
  }
  // Several values that are JSON as they stand, lists and objects among them.
  try {
    return JSON.parse(`[${text}]`);
  } catch {
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(typedValue);
  }
}

function typedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What `POST /api/sweeps` and `shoal sweep` take. `own` is the spec under "Start". */
export function sweepOfDraft(draft: SweepDraft, own: unknown): unknown {
  const { name, base, fields, metric } = draft;
  const written = fields.filter(({ path }) => path.trim() !== '');
  return {
    name: name.trim(),
    base: base === '' ? own : base,
    vary: Object.fromEntries(written.map(({ path, values }) => [path.trim(), typedValues(values)])),
    search: searchOf(draft),
    objective: { metric },
  };
}

function searchOf({ search, trials, seed, eta, minEpochs, maxEpochs }: SweepDraft): object {
  if (search === 'grid') return { type: search };
  const given = { ...number('trials', trials), ...number('seed', seed) };
  if (search === 'random') return { type: search, ...given };
  const epochs = { ...number('minEpochs', minEpochs), ...number('maxEpochs', maxEpochs) };
  return { type: search, ...given, ...number('eta', eta), ...epochs };
}

/** Left out where nothing is written. */
const number = (name: string, text: string): object =>
  text.trim() === '' ? {} : { [name]: typedValue(text.trim()) };
