/** What is asked of the list of runs, and the answer: a part of it at a time, however many there are. */
import { batch, effect, signal } from '@preact/signals';
import { isRunFigure, RUN_FIGURES, type RunFigure, type RunListView, runFieldOf } from '@shoal/core';
import { ApiError, api, runs } from '../store.ts';

export const ROWS_AT_ONCE = 50;

export type ListQuery = {
  readonly search: string;
  /** Empty: any. */
  readonly tag: string;
  readonly state: string;
  readonly data: string;
  readonly archived: 'no' | 'too' | 'only';
  readonly sort: string;
  readonly order: 'up' | 'down';
  /** Empty: none is named. */
  readonly best: RunFigure | '';
  readonly offset: number;
};

const FIRST: ListQuery = {
  ...{ search: '', tag: '', state: '', data: '', archived: 'no' },
  ...{ sort: 'createdAt', order: 'down', best: '', offset: 0 },
} as const;

export const query = signal<ListQuery>(FIRST);
/** Null before the first answer. */
export const list = signal<RunListView | null>(null);
/** Why the last question was not answered. */
export const failure = signal<ApiError | null>(null);
/** Whether the list is looked at: nothing is asked for nobody. */
export const isShown = signal(false);

/** Another filter begins at the first row. */
export function ask(change: Partial<ListQuery>): void {
  query.value = { ...query.peek(), offset: 0, ...change };
}

/** The better end of a column comes first, and the other one the second time. */
export function sortBy(column: string): void {
  const { sort, order } = query.peek();
  if (sort === column) return ask({ order: order === 'up' ? 'down' : 'up' });
  const field = runFieldOf(column);
  const isDown = isRunFigure(field) ? RUN_FIGURES[field].better !== 'lower' : field === 'createdAt';
  return ask({ sort: column, order: isDown ? 'down' : 'up' });
}

export const clearFilters = (): void => {
  const { sort, order } = query.peek();
  query.value = { ...FIRST, sort, order };
};

export const isFiltered = ({ search, tag, state, data, archived }: ListQuery): boolean =>
  search.trim() !== '' || tag !== '' || state !== '' || data !== '' || archived !== 'no';

export function addressOf(asked: ListQuery): string {
  const { archived, sort, order, offset } = asked;
  const fields = new URLSearchParams({
    ...{ archived, sort, order, offset: String(offset), limit: String(ROWS_AT_ONCE) },
  });
  for (const name of ['search', 'tag', 'state', 'data', 'best'] as const) {
    if (asked[name].trim() !== '') fields.set(name, asked[name]);
  }
  return `/api/runs?${fields}`;
}

/** Answers may overtake each other; only that to the last question is shown. */
let questions = 0;

export async function load(): Promise<void> {
  questions += 1;
  const own = questions;
  try {
    const answer = await api.get<RunListView>(addressOf(query.peek()));
    if (own !== questions) return;
    batch(() => {
      list.value = answer;
      failure.value = null;
      // Rows were deleted behind the place that is shown.
      const { offset } = query.peek();
      if (offset > 0 && offset >= answer.found)
        query.value = { ...query.peek(), offset: lastOffset(answer.found) };
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (own === questions) failure.value = error;
  }
}

export const lastOffset = (found: number): number =>
  Math.max(0, Math.ceil(found / ROWS_AT_ONCE) - 1) * ROWS_AT_ONCE;

effect(() => {
  // Read for the sake of what they set off.
  void [query.value, runs.value.change];
  if (isShown.value) void load();
});
