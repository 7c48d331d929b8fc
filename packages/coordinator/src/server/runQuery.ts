/** What a request asks of the list of runs, from the fields behind the question mark of its address. */
import { DEFAULT_RUN_QUERY, isRunFigure, type RunFigure, type RunQuery, runFieldOf } from '@shoal/core';
import { Refusal } from './apiRequest.ts';

/** Rows of one answer. */
export const RUNS_AT_ONCE_MAX = 1_000;
/** A search, or a value to filter by. */
const TEXT_LENGTH_MAX = 500;
const VALUES_MAX = 50;
const FIELDS = [
  ...['search', 'tag', 'state', 'data', 'spec', 'archived', 'sort', 'order', 'best', 'offset', 'limit'],
] as const;

/** @throws Refusal for what is no field, and for values out of range */
export function runQuery(given: Readonly<Record<string, readonly string[]>>): RunQuery {
  for (const [name, values] of Object.entries(given)) {
    if (!(FIELDS as readonly string[]).includes(name)) {
      throw new Refusal(400, `There is no "${name.slice(0, 40)}" to ask runs by: ${FIELDS.join(', ')}.`);
    }
    if (values.length > VALUES_MAX || values.some((value) => value.length > TEXT_LENGTH_MAX)) {
      throw new Refusal(
        400,
        `"${name}" is too long: ${VALUES_MAX} values of ${TEXT_LENGTH_MAX} characters at most.`,
      );
    }
  }
  const one = (name: (typeof FIELDS)[number]): string => given[name]?.at(-1) ?? '';
  return {
    search: one('search'),
    tags: given.tag ?? [],
    states: given.state ?? [],
    data: given.data ?? [],
    spec: one('spec') === '' ? null : one('spec'),
    archived: oneOf('archived', one('archived'), ['no', 'too', 'only']) ?? DEFAULT_RUN_QUERY.archived,
    sort: one('sort') === '' ? DEFAULT_RUN_QUERY.sort : one('sort'),
    descending: { up: false, down: true, '': null }[oneOf('order', one('order'), ['up', 'down']) ?? ''],
    best: one('best') === '' ? null : figure(one('best')),
    offset: whole('offset', one('offset'), 0, Number.MAX_SAFE_INTEGER) ?? 0,
    limit: whole('limit', one('limit'), 0, RUNS_AT_ONCE_MAX) ?? DEFAULT_RUN_QUERY.limit,
  };
}

function oneOf<T extends string>(name: string, value: string, choices: readonly T[]): T | null {
  if (value === '') return null;
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new Refusal(400, `"${name}" is one of ${choices.join(', ')}.`);
  return found;
}

function whole(name: string, value: string, least: number, most: number): number | null {
  if (value === '') return null;
  const number = Number(value);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new Refusal(400, `"${name}" is a whole number from ${least} to ${most}.`);
}

function figure(name: string): RunFigure {
  const found = runFieldOf(name);
  if (isRunFigure(found)) return found;
  throw new Refusal(400, '"best" is a figure of runs, such as testAccuracy.');
}
