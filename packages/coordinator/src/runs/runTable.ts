/**
 * All runs that are kept in one place, as rows in memory: loaded from the index, held against the folders, and written
 * back. Only folders whose mark is another one than when they were read are read again.
 */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Fact, RunRow } from '@shoal/core';
import type { KeptFiles } from '../files/keptFiles.ts';
import { readRow, WATCHED_FILES } from './readRow.ts';
import { type IndexedRun, RunIndex } from './runIndex.ts';

/** Folders that are looked at or read at the same time. */
const AT_ONCE = 32;

export type RunTableOptions = {
  readonly runsFolder: string;
  readonly files: KeptFiles;
  /** Whether there is a disk for an index; what lies in a cluster is read from there. */
  readonly hasIndex: boolean;
  /** Something that somebody should know of the index. */
  readonly tell: (fact: Fact) => void;
};

/** `row` is null for what is no run. A mark of null is never taken for the folder's. */
type Known = { readonly row: RunRow | null; readonly mark: string | null };

export class RunTable {
  readonly #options: RunTableOptions;
  #known = new Map<string, Known>();
  #rows: readonly RunRow[] = [];
  #index: RunIndex | null = null;
  /** False once it is known that none can be used. */
  #mayOpen: boolean;
  /** There was no run yet when it was looked first. */
  #wasEmpty = false;
  /** Ids whose rows in the index are not what is known here. */
  readonly #unwritten = new Set<string>();
  #refreshing: Promise<boolean> = Promise.resolve(false);
  /** A refresh that has not begun, which serves everybody who asks meanwhile. */
  #next: Promise<boolean> | null = null;

  constructor(options: RunTableOptions) {
    this.#options = options;
    this.#mayOpen = options.hasIndex;
  }

  /** As last read. */
  get rows(): readonly RunRow[] {
    return this.#rows;
  }

  /**
   * Holds the rows against the folders. @returns whether anything is another than before
   * @throws when the place of the runs cannot be read
   */
  refresh(): Promise<boolean> {
    this.#next ??= this.#refreshing
      .catch(() => {})
      .then(() => {
        this.#next = null;
        return this.#refresh();
      });
    this.#refreshing = this.#next;
    return this.#next;
  }

  close(): void {
    this.#index?.close();
    this.#index = null;
  }

  async #refresh(): Promise<boolean> {
    const { files, runsFolder } = this.#options;
    const { folders } = await files.list(runsFolder);
    if (folders.length === 0) this.#wasEmpty = true;
    const isNew = await this.#load(folders.length > 0);
    const before = this.#known;
    const known = new Map<string, Known>();
    let changed = false;
    await inGroups(folders, async (runId) => {
      const now = await this.#look(runId, before.get(runId));
      known.set(runId, now);
      if (now === before.get(runId)) return;
      const isOther = !isDeepStrictEqual(now.row, before.get(runId)?.row ?? null);
      if (isOther) changed = true;
      if (isOther || now.mark !== null) this.#unwritten.add(runId);
    });
    for (const runId of before.keys()) {
      if (known.has(runId)) continue;
      changed = true;
      this.#unwritten.add(runId);
    }
    this.#known = known;
    if (changed || this.#rows.length === 0) this.#rows = withAlike(rowsOf(known));
    await this.#write();
    const runs = this.#rows.length;
    // The first run of all has an index that is new, and none that was made anew.
    if (isNew && runs > 0 && !this.#wasEmpty)
      this.#options.tell({ type: 'runIndexMade', folder: runsFolder, runs });
    return changed;
  }

  /** The mark is taken first: what changes while the folder is read makes it another one. */
  async #look(runId: string, before: Known | undefined): Promise<Known> {
    const { files, runsFolder } = this.#options;
    const mark = await files.mark(join(runsFolder, runId), WATCHED_FILES);
    if (before !== undefined && mark !== null && mark === before.mark) return before;
    const row = await readRow(runsFolder, runId, files);
    const isSame = before !== undefined && isDeepStrictEqual(row, before.row);
    return isSame && mark === before.mark ? before : { row, mark };
  }

  /** @returns whether there was no index, or none of use, and there is one now */
  async #load(isNeeded: boolean): Promise<boolean> {
    const { runsFolder, tell } = this.#options;
    if (this.#index !== null || !this.#mayOpen || !isNeeded) return false;
    const opened = await RunIndex.open(runsFolder);
    if (opened.type === 'unusable') {
      this.#mayOpen = opened.isBusy;
      if (!opened.isBusy) tell({ type: 'runIndexUnusable', file: opened.file, problem: opened.problem });
      return false;
    }
    this.#index = opened.index;
    if (this.#known.size > 0) {
      // What was read from the folders since is newer.
      for (const { row } of opened.runs) this.#unwritten.add(row.summary.runId);
      for (const runId of this.#known.keys()) this.#unwritten.add(runId);
      return false;
    }
    this.#known = new Map(opened.runs.map(({ row, mark }) => [row.summary.runId, { row, mark }]));
    this.#rows = withAlike(rowsOf(this.#known));
    return opened.isNew;
  }

  /** What cannot be written now, since another process writes or the disk is full, is written the next time. */
  async #write(): Promise<void> {
    if (this.#index === null || this.#unwritten.size === 0) return;
    if (!(await this.#index.isInPlace())) {
      this.close();
      await this.#load(true);
    }
    const ids = [...this.#unwritten];
    const runs: IndexedRun[] = [];
    const gone: string[] = [];
    for (const runId of ids) {
      const known = this.#known.get(runId);
      if (known?.row === undefined || known.row === null) gone.push(runId);
      else runs.push({ row: known.row, mark: known.mark ?? '' });
    }
    try {
      const isWritten = (await this.#index?.write(runs, gone)) ?? true;
      if (!isWritten) {
        this.#index = null;
        return;
      }
      if (this.#index !== null) this.#unwritten.clear();
    } catch {
      // They stay among those to be written.
    }
  }
}

const rowsOf = (known: ReadonlyMap<string, Known>): RunRow[] =>
  [...known.values()].flatMap(({ row }) => (row === null ? [] : [row]));

/** Each with what is known of the other runs of its spec. */
function withAlike(rows: readonly RunRow[]): RunRow[] {
  const hashes = new Map<string, string[]>();
  for (const { summary } of rows) {
    if (summary.parametersSha256 === null) continue;
    const same = hashes.get(summary.specSha256);
    if (same === undefined) hashes.set(summary.specSha256, [summary.parametersSha256]);
    else same.push(summary.parametersSha256);
  }
  return rows.map((row) => {
    const { parametersSha256, specSha256 } = row.summary;
    const all = hashes.get(specSha256);
    if (parametersSha256 === null || all === undefined) return row;
    const alike = { runs: all.length, same: all.every((hash) => hash === parametersSha256) };
    return { ...row, summary: { ...row.summary, alike } };
  });
}

async function inGroups<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const work = async (): Promise<void> => {
    for (const one of left) await act(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
