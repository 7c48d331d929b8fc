/**
 * The index of runs: one SQLite file beside their folders, a row a run, so that a process that comes need not read every
 * folder first. The folders stay the truth. Whatever is wrong with the file, it is made anew from them; and each row has
 * the mark of its folder from before that was read, so that a row which is older than its folder is seen to be.
 * Any program that reads SQLite may read it (`docs/api.md` has its columns).
 *
 * Several processes may have it open. SQLite's own lock keeps their writing apart; the rollback journal is used, since
 * write-ahead logs do not work over network file systems.
 */
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Client, InStatement, Row } from '@libsql/client/sqlite3';
import { RUN_FIGURE_NAMES, type RunFigureValues, type RunRow, type RunSummary, reasonOf } from '@shoal/core';
import { PRIVATE } from '../files/atomicFile.ts';

export const INDEX_FILE = 'index.sqlite';
/** Another number, another table: an index of another release is made anew. */
const VERSION = 1;
/** Another process writes a few rows; whoever cannot wait that long writes them the next time. The wait blocks. */
const BUSY_MS = 250;
/** Rows that are written at one go; between them others have their turn. */
const ROWS_AT_ONCE = 100;

export type IndexedRun = { readonly row: RunRow; readonly mark: string };

const TEXTS = [
  ...['runId', 'name', 'preset', 'about', 'notes', 'createdAt', 'endedAt', 'state', 'model', 'dataSet'],
  ...['parametersSha256', 'specSha256'],
] as const satisfies readonly (keyof RunSummary)[];
const COLUMNS = [...TEXTS, 'tags', 'optimizer', 'archived', ...RUN_FIGURE_NAMES, 'spec', 'mark'];
const SCHEMA = `create table runs (
  ${TEXTS.map((name) => (name === 'runId' ? 'runId text primary key' : `${name} text`)).join(', ')},
  tags text, optimizer text, archived integer,
  ${RUN_FIGURE_NAMES.map((name) => `${name} real`).join(', ')},
  spec text, mark text
)`;
const PUT = `insert or replace into runs (${COLUMNS.join(', ')}) values (${COLUMNS.map(() => '?').join(', ')})`;

/** What was found when it was opened. `isNew`: it was not there, or of no use, and is empty now. */
export type OpenedIndex =
  | {
      readonly type: 'open';
      readonly index: RunIndex;
      readonly runs: readonly IndexedRun[];
      readonly isNew: boolean;
    }
  /** Nothing is read from it or written to it. */
  | {
      readonly type: 'unusable';
      readonly file: string;
      readonly problem: string;
      /** Another process writes there: it can be opened in a while. */
      readonly isBusy: boolean;
    };

export class RunIndex {
  readonly #client: Client;
  readonly #file: string;
  /** By which the file is told from another of the same name. */
  readonly #inode: number;

  private constructor(client: Client, file: string, inode: number) {
    this.#client = client;
    this.#file = file;
    this.#inode = inode;
  }

  static async open(runsFolder: string): Promise<OpenedIndex> {
    const file = join(runsFolder, INDEX_FILE);
    let problem = '';
    let isBusy = false;
    // What is no index, or half of one, is taken away once.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      let client: Client | null = null;
      try {
        const inode = await makePrivate(file);
        // The library takes a moment to load: only who lists runs waits for it.
        const { createClient } = await import('@libsql/client/sqlite3');
        client = createClient({ url: pathToFileURL(file).href, timeout: BUSY_MS });
        const isNew = await prepare(client);
        const runs = isNew ? [] : await load(client);
        return { type: 'open', index: new RunIndex(client, file, inode), runs, isNew };
      } catch (error) {
        client?.close();
        problem = reasonOf(error);
        isBusy = String((error as { readonly code?: unknown }).code).startsWith('SQLITE_BUSY');
        if (!isDamage(error)) break;
        await discard(file);
      }
    }
    return { type: 'unusable', file, problem, isBusy };
  }

  /** False once somebody has removed the file, or put another in its place: what is written then nobody reads. */
  async isInPlace(): Promise<boolean> {
    const found = await stat(this.#file).catch(() => null);
    return found?.ino === this.#inode;
  }

  /**
   * @returns false where the file is damaged; it is closed and removed then
   * @throws when they cannot be written now; what was written by then stays
   */
  async write(changed: readonly IndexedRun[], gone: readonly string[]): Promise<boolean> {
    const statements: InStatement[] = [
      ...gone.map((runId) => ({ sql: 'delete from runs where runId = ?', args: [runId] })),
      ...changed.map((run) => ({ sql: PUT, args: valuesOf(run) })),
    ];
    try {
      for (let from = 0; from < statements.length; from += ROWS_AT_ONCE) {
        if (from > 0) await new Promise((resolve) => setImmediate(resolve));
        await this.#client.batch(statements.slice(from, from + ROWS_AT_ONCE), 'write');
      }
      return true;
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.close();
      await discard(this.#file);
      return false;
    }
  }

  close(): void {
    this.#client.close();
  }
}

/** Notes are in it: it is its owner's, as the files are that they come from. SQLite takes an empty file for a new one. @returns its number */
async function makePrivate(file: string): Promise<number> {
  const handle = await open(file, 'a', PRIVATE);
  try {
    return (await handle.stat()).ino;
  } finally {
    await handle.close();
  }
}

async function discard(file: string): Promise<void> {
  await rm(file, { force: true }).catch(() => {});
  await rm(`${file}-journal`, { force: true }).catch(() => {});
}

/** @returns whether it is empty */
async function prepare(client: Client): Promise<boolean> {
  const { rows } = await client.execute('pragma user_version');
  if (rows[0]?.[0] === VERSION) return false;
  await client.batch(['drop table if exists runs', SCHEMA, `pragma user_version = ${VERSION}`], 'write');
  return true;
}

async function load(client: Client): Promise<IndexedRun[]> {
  const { rows } = await client.execute('select * from runs');
  return rows.map(runOf);
}

/** Not what the file system or another process refuses. */
function isDamage(error: unknown): boolean {
  const code = (error as { readonly code?: unknown }).code;
  const refusals = ['SQLITE_BUSY', 'SQLITE_CANTOPEN', 'SQLITE_READONLY', 'SQLITE_IOERR', 'SQLITE_FULL'];
  if (error instanceof SyntaxError) return true;
  return (
    typeof code === 'string' && code.startsWith('SQLITE_') && !refusals.some((name) => code.startsWith(name))
  );
}

const valuesOf = ({ row: { summary, spec }, mark }: IndexedRun): (string | number | null)[] => [
  ...TEXTS.map((name) => summary[name]),
  ...[JSON.stringify(summary.tags), JSON.stringify(summary.optimizer), summary.archived ? 1 : 0],
  ...RUN_FIGURE_NAMES.map((name) => summary[name]),
  ...[JSON.stringify(spec), mark],
];

/** @throws SyntaxError for what this class has not written */
function runOf(stored: Row): IndexedRun {
  const json = <T>(name: string): T => JSON.parse(String(stored[name])) as T;
  const texts = Object.fromEntries(TEXTS.map((name) => [name, stored[name]]));
  const figures = Object.fromEntries(RUN_FIGURE_NAMES.map((name) => [name, stored[name]]));
  const summary: RunSummary = {
    ...(texts as Pick<RunSummary, (typeof TEXTS)[number]>),
    ...(figures as RunFigureValues),
    tags: json('tags'),
    optimizer: json('optimizer'),
    archived: stored.archived === 1,
    alike: null,
  };
  return { row: { summary, spec: json('spec') }, mark: String(stored.mark) };
}
