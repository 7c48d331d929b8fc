/**
 * Questions to a list of runs: search, filter, sort, and the best by a figure. Plain functions over rows, so that the
 * command line and the HTTP interface answer alike.
 */

import { isRunFigure, RUN_FIGURES, type RunFigure } from './runFigures.ts';
import type { PublicSpec, RunSummary } from './views.ts';

/** A run as it is kept for lists. */
export type RunRow = { readonly summary: RunSummary; readonly spec: PublicSpec };

export type RunQuery = {
  /**
   * Words that must all occur somewhere in what is said of a run, or comparisons such as `testAccuracy>0.9` and
   * `optimizer.type=adam`.
   */
  readonly search: string;
  /** Each of them must be among the run's. */
  readonly tags: readonly string[];
  /** One of them must be the run's; none: any. */
  readonly states: readonly string[];
  readonly data: readonly string[];
  /** SHA-256 of a spec; null: any. */
  readonly spec: string | null;
  /** Runs that were put away are left out, taken in as well, or are all that is wanted. */
  readonly archived: 'no' | 'too' | 'only';
  /** A figure, a field of the run, or a dotted path in the spec. */
  readonly sort: string;
  /** Null: the better figure first, the latest date first, names by the alphabet. */
  readonly descending: boolean | null;
  /** The best run by this figure is told as well; null: none is. */
  readonly best: RunFigure | null;
  readonly offset: number;
  readonly limit: number;
};

export const DEFAULT_RUN_QUERY: RunQuery = {
  ...{ search: '', tags: [], states: [], data: [], spec: null, archived: 'no' },
  ...{ sort: 'createdAt', descending: null, best: null, offset: 0, limit: 100 },
};

/** A value and how many runs have it. */
export type Facet = { readonly value: string; readonly runs: number };

export type RunListView = {
  /** The part of those found that was asked for. */
  readonly runs: readonly RunSummary[];
  readonly offset: number;
  /** So many were found. */
  readonly found: number;
  /** So many runs there are, those that were put away among them. */
  readonly all: number;
  readonly best: RunSummary | null;
  /** What there is to filter by, over all runs. */
  readonly facets: {
    readonly tags: readonly Facet[];
    readonly states: readonly Facet[];
    readonly data: readonly Facet[];
    readonly archived: number;
  };
};

/** Shorter words for what is sorted by most. */
const ALIASES: Readonly<Record<string, string>> = {
  accuracy: 'testAccuracy',
  loss: 'testLoss',
  validation: 'bestValAccuracy',
  started: 'createdAt',
  ended: 'endedAt',
  duration: 'seconds',
  speed: 'samplesPerSecond',
  id: 'runId',
  tag: 'tags',
  lr: 'optimizer.lr',
};

/** Fields of a run besides its figures. */
const FIELDS = [
  ...['runId', 'name', 'tags', 'notes', 'about', 'preset', 'model', 'data', 'state'],
  ...['createdAt', 'endedAt', 'parametersSha256', 'specSha256'],
] as const;
const DATES: ReadonlySet<string> = new Set(['createdAt', 'endedAt']);

/** The field that a name stands for, which may be one of the shorter ones. */
export const runFieldOf = (name: string): string =>
  Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name;

/** Whether any of these runs, or a run at all, has something of this name. */
export const canSortRunsBy = (name: string, rows: readonly RunRow[]): boolean => {
  const field = runFieldOf(name);
  if (isRunFigure(field) || (FIELDS as readonly string[]).includes(field)) return true;
  return rows.some((row) => fieldOf(row, field) !== null);
};

export function askRuns(rows: readonly RunRow[], query: RunQuery): RunListView {
  const fits = filterOf(query);
  const found = rows.filter(fits);
  const { best, offset, limit } = query;
  sortRows(found, runFieldOf(query.sort), query.descending);
  return {
    runs: found.slice(offset, offset + limit).map(({ summary }) => summary),
    offset,
    found: found.length,
    all: rows.length,
    best: best === null ? null : bestOf(found, best),
    facets: {
      tags: facet(rows.flatMap(({ summary }) => summary.tags)),
      states: facet(rows.map(({ summary }) => summary.state)),
      data: facet(rows.map(({ summary }) => summary.dataSet)),
      archived: rows.filter(({ summary }) => summary.archived).length,
    },
  };
}

/** Null where none has the figure, or neither way is better. Of equals the earliest. */
function bestOf(rows: readonly RunRow[], figure: RunFigure): RunSummary | null {
  const { better } = RUN_FIGURES[figure];
  if (better === null) return null;
  const sign = better === 'higher' ? 1 : -1;
  let best: RunSummary | null = null;
  for (const { summary } of rows) {
    const value = summary[figure];
    if (value === null || !Number.isFinite(value)) continue;
    const lead = best === null ? 1 : sign * (value - (best[figure] ?? 0));
    if (lead > 0 || (lead === 0 && best !== null && summary.createdAt < best.createdAt)) best = summary;
  }
  return best;
}

function facet(values: readonly string[]): Facet[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, runs]) => ({ value, runs })).sort((a, b) => (a.value < b.value ? -1 : 1));
}

/* ── Filter ────────────────────────────────────────────────────────────── */

function filterOf(query: RunQuery): (row: RunRow) => boolean {
  const { tags, states, data, spec, archived } = query;
  const conditions = query.search.split(/\s+/).flatMap((word) => (word === '' ? [] : [conditionOf(word)]));
  return (row) => {
    const { summary } = row;
    if (archived === 'no' && summary.archived) return false;
    if (archived === 'only' && !summary.archived) return false;
    if (states.length > 0 && !states.includes(summary.state)) return false;
    if (data.length > 0 && !data.includes(summary.dataSet)) return false;
    if (spec !== null && summary.specSha256 !== spec) return false;
    if (!tags.every((tag) => summary.tags.includes(tag))) return false;
    return conditions.every((fits) => fits(row));
  };
}

const COMPARISON = /^([A-Za-z][A-Za-z0-9_.]*)(!=|>=|<=|=|>|<)(.+)$/;

function conditionOf(word: string): (row: RunRow) => boolean {
  const [, name, sign, wanted] = COMPARISON.exec(word) ?? [];
  const lower = word.toLowerCase();
  if (name === undefined || sign === undefined || wanted === undefined) {
    return (row) => textOf(row).includes(lower);
  }
  const field = runFieldOf(name);
  return (row) => compares(fieldOf(row, field), sign, wanted);
}

function compares(value: Value, sign: string, wanted: string): boolean {
  if (value === null) return sign === '!=';
  if (typeof value === 'object') {
    const has = value.some((one) => one.toLowerCase() === wanted.toLowerCase());
    return sign === '!=' ? !has : sign === '=' && has;
  }
  const isNumber = typeof value === 'number';
  const other = isNumber ? numberOf(wanted) : wanted.toLowerCase();
  const own = isNumber ? value : value.toLowerCase();
  switch (sign) {
    case '=':
      return own === other;
    case '!=':
      return own !== other;
    case '>':
      return own > other;
    case '>=':
      return own >= other;
    case '<':
      return own < other;
    default:
      return own <= other;
  }
}

/** `90%` is 0.9. */
const numberOf = (text: string): number =>
  text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);

/** What words are looked for in, made once for each row. */
const texts = new WeakMap<RunRow, string>();

function textOf(row: RunRow): string {
  let text = texts.get(row);
  if (text === undefined) {
    const { runId, name, preset, about, tags, notes, dataSet, model, state, optimizer } = row.summary;
    const said = [runId, name, preset, about, ...tags, notes, dataSet, model, state, optimizer.type];
    text = said.join('\n').toLowerCase();
    texts.set(row, text);
  }
  return text;
}

/* ── Sort ──────────────────────────────────────────────────────────────── */

type Value = number | string | readonly string[] | null;

/** Of the run itself, or else of its spec; null where there is none, or no single value. */
function fieldOf({ summary, spec }: RunRow, field: string): Value {
  if (field === 'data') return summary.dataSet;
  if (isRunFigure(field)) return summary[field];
  if ((FIELDS as readonly string[]).includes(field)) {
    const value = summary[field as Exclude<(typeof FIELDS)[number], 'data'>];
    return value === '' ? null : value;
  }
  let value: unknown = spec;
  for (const key of field.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Record<string, unknown>)[key];
  }
  if (typeof value === 'number' || typeof value === 'string') return value;
  return typeof value === 'boolean' ? String(value) : null;
}

/** In place. What a run does not have comes last either way; equals stay with the latest first. */
function sortRows(rows: RunRow[], field: string, descending: boolean | null): void {
  const better = isRunFigure(field) ? RUN_FIGURES[field].better : null;
  const isDown = descending ?? (better === 'higher' || DATES.has(field));
  const keyed = rows.map((row) => ({ row, key: keyOf(fieldOf(row, field)) }));
  keyed.sort((a, b) => {
    const order = compareKeys(a.key, b.key, isDown);
    return order === 0 ? compareDates(b.row.summary, a.row.summary) : order;
  });
  keyed.forEach(({ row }, index) => {
    rows[index] = row;
  });
}

const keyOf = (value: Value): number | string | null => {
  if (typeof value === 'number') return Number.isNaN(value) ? null : value;
  if (value === null || typeof value === 'string') return value === null ? null : value.toLowerCase();
  return value.length === 0 ? null : value.join(', ').toLowerCase();
};

function compareKeys(a: number | string | null, b: number | string | null, isDown: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  // In specs of different kinds one path may lead to a number here and a word there.
  const order = typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === 'number' ? -1 : 1;
  return isDown ? -order : order;
}

const compareDates = (a: RunSummary, b: RunSummary): number =>
  a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.runId < b.runId ? -1 : 1;
