/** `shoal runs list`: the runs in a folder or a cluster, searched, filtered, sorted. */

import { join } from 'node:path';
import {
  askRuns,
  canSortRunsBy,
  counted,
  DEFAULT_RUN_QUERY,
  isRunFigure,
  RUN_FIGURES,
  type RunFigure,
  type RunListView,
  type RunQuery,
  type RunSummary,
  runFieldOf,
  sentence,
} from '@shoal/core';
import { UserError } from '../../errors.ts';
import { diskFiles } from '../../files/diskFiles.ts';
import { RunTable } from '../../runs/runTable.ts';
import { readQueue } from '../../service/waitingList.ts';
import { err, out } from '../../terminal/terminal.ts';
import { type ClusterOptions, isCluster, openMember } from '../clusterOptions.ts';
import { bytes, columns, duration, figure, grouped, percent } from '../output/format.ts';
import { printQueue } from './queue.ts';

export type ListOptions = ClusterOptions & {
  readonly out: string;
  readonly json?: boolean;
  readonly search?: string;
  readonly tag?: readonly string[];
  readonly state?: readonly string[];
  readonly data?: readonly string[];
  readonly archived?: boolean;
  readonly sort?: string;
  readonly reverse?: boolean;
  readonly best?: RunFigure;
  readonly limit?: number;
};

/** What waits for its turn stands below the runs that have had it. */
export async function listAllRuns(options: ListOptions): Promise<number> {
  const { place, answer } = await answerOf(options);
  const queue = isCluster(options) ? null : await readQueue(diskFiles, options.out);
  if (answer.all > 0 || options.json === true) print(options, place, answer);
  else if (queue === null) {
    out.lines(`There are no runs in ${place} yet: start one with "npx --no shoal train".`);
  }
  if (queue !== null) await printQueue(options);
  return 0;
}

function print(options: ListOptions, place: string, answer: RunListView): void {
  if (options.json === true) {
    for (const run of answer.runs) out.json(stored(run, place));
    if (answer.best !== null) out.json({ ...stored(answer.best, place), type: 'best-run', by: options.best });
    return;
  }
  const field = options.sort === undefined ? null : runFieldOf(options.sort);
  out.lines(...columns(answer.runs.map((run) => rowOf(run, field))));
  const { found, all, runs, best } = answer;
  const { archived } = answer.facets;
  if (found < all || runs.length < found) {
    const hidden =
      options.archived !== true && archived > 0 ? `; ${archived} archived, shown by --archived` : '';
    const shown = runs.length < found ? `${runs.length} of ` : '';
    out.lines(`${shown}${found} found of ${counted(all, 'run')}${hidden}.`);
  }
  if (best !== null && options.best !== undefined) {
    const value = best[options.best];
    out.lines(
      `Best by ${options.best}: ${best.runId}${value === null ? '' : ` (${written(options.best, value)})`}`,
    );
  }
}

async function answerOf(
  options: ListOptions,
): Promise<{ readonly place: string; readonly answer: RunListView }> {
  if (!isCluster(options)) return { place: options.out, answer: await ask(options, options.out, diskFiles) };
  const member = await openMember(options);
  try {
    return { place: member.root, answer: await ask(options, member.root, member.files) };
  } finally {
    await member.close();
  }
}

async function ask(options: ListOptions, runsFolder: string, files: typeof diskFiles): Promise<RunListView> {
  const table = new RunTable({
    ...{ runsFolder, files, hasIndex: files === diskFiles },
    tell: (fact) => err.lines(sentence(fact, 'en')),
  });
  try {
    await table.refresh();
    const { sort } = options;
    if (sort !== undefined && table.rows.length > 0 && !canSortRunsBy(sort, table.rows)) {
      throw new UserError(
        `No run in ${runsFolder} has a "${sort}" to sort by: name a figure such as accuracy, loss or seconds, or a field of the spec such as optimizer.lr.`,
      );
    }
    return inReadingOrder(askRuns(table.rows, queryOf(options)), options);
  } finally {
    table.close();
  }
}

function queryOf({
  search = '',
  tag = [],
  state = [],
  data = [],
  archived,
  ...options
}: ListOptions): RunQuery {
  const { sort, reverse = false, best = null, limit } = options;
  const query = { ...DEFAULT_RUN_QUERY, search, data, best, tags: tag, states: state };
  return {
    ...query,
    archived: archived === true ? 'too' : 'no',
    ...(sort !== undefined && { sort, descending: reverse ? !isDownByItself(sort) : null }),
    limit: limit ?? Number.POSITIVE_INFINITY,
  };
}

const isDownByItself = (sort: string): boolean => {
  const field = runFieldOf(sort);
  if (isRunFigure(field)) return RUN_FIGURES[field].better === 'higher';
  return field === 'createdAt' || field === 'endedAt';
};

/** Without a word on the order the latest run stands last, where a terminal leaves the eye. */
const inReadingOrder = (answer: RunListView, { sort, reverse }: ListOptions): RunListView =>
  sort === undefined && reverse !== true ? { ...answer, runs: [...answer.runs].reverse() } : answer;

function rowOf(run: RunSummary, sorted: string | null): string[] {
  const { runId, name, preset, state, epochs, dataSet, testAccuracy, testLoss, r2, tags } = run;
  const result =
    testAccuracy !== null
      ? `test ${percent(testAccuracy)}`
      : r2 !== null
        ? `R² ${figure(r2)}`
        : testLoss === null
          ? ''
          : `test loss ${figure(testLoss)}`;
  const shown = sorted !== null && isRunFigure(sorted) && sorted !== 'testAccuracy' && sorted !== 'epochs';
  const value = shown ? run[sorted] : null;
  return [
    runId,
    state,
    counted(epochs ?? 0, 'epoch'),
    dataSet,
    result,
    ...(shown ? [value === null ? '' : `${sorted} ${written(sorted, value)}`] : []),
    [name === preset ? '' : `"${name}"`, ...tags.map((tag) => `#${tag}`), run.archived ? '(archived)' : '']
      .filter((text) => text !== '')
      .join(' '),
  ];
}

function written(name: RunFigure, value: number): string {
  switch (RUN_FIGURES[name].kind) {
    case 'share':
      return percent(value);
    case 'count':
      return grouped(value);
    case 'bytes':
      return bytes(value);
    case 'seconds':
      return duration(value);
    case 'number':
      return figure(value);
  }
}

const stored = ({ alike: _alike, ...run }: RunSummary, place: string) => ({
  type: 'stored-run',
  ...run,
  folder: join(place, run.runId),
});
