import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  stat,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askRuns, DEFAULT_RUN_QUERY, type Fact } from '@shoal/core';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { makeRun, makeRuns, nameOfMade } from '../../../../test/support/madeRuns.mjs';
import { diskFiles } from '../files/diskFiles.ts';
import type { KeptFiles } from '../files/keptFiles.ts';
import { changeLabel } from '../run/folder/label.ts';
import { lockRun } from '../run/folder/lock.ts';
import { removeRun } from './removeRun.ts';
import { INDEX_FILE, RunIndex } from './runIndex.ts';
import { RunTable } from './runTable.ts';

let folder = '';
const open: RunTable[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-table-'));
});
afterEach(async () => {
  for (const table of open.splice(0)) table.close();
  await rm(folder, { recursive: true, force: true });
});

/** Counts the records that are read: what the index spares. */
function tableOf(more: { readonly hasIndex?: boolean } = {}) {
  const told: Fact[] = [];
  const read: string[] = [];
  const files: KeptFiles = {
    ...diskFiles,
    read: (file) => {
      if (file.endsWith('run.json')) read.push(file);
      return diskFiles.read(file);
    },
  };
  const table = new RunTable({
    ...{ runsFolder: folder, files, hasIndex: true, tell: (fact) => told.push(fact) },
    ...more,
  });
  open.push(table);
  return { table, told, read };
}

const namesOf = (table: RunTable): string[] => table.rows.map(({ summary }) => summary.runId).sort();
const made = (...numbers: readonly number[]): string[] => numbers.map(nameOfMade).sort();

test('folders are read once; who comes later finds them in the index and reads none', async () => {
  await makeRuns(folder, 12);
  await mkdir(join(folder, 'no-run'));
  const first = tableOf();
  expect(await first.table.refresh()).toBe(true);
  expect(namesOf(first.table)).toEqual(made(...Array.from({ length: 12 }, (_, i) => i)));
  expect(first.told).toEqual([{ type: 'runIndexMade', folder, runs: 12 }]);
  expect(await first.table.refresh()).toBe(false);
  // What is no run is looked at again, in case that it becomes one.
  expect(first.read.filter((file) => !file.includes('no-run'))).toHaveLength(12);
  if (process.platform !== 'win32') expect((await stat(join(folder, INDEX_FILE))).mode & 0o777).toBe(0o600);

  const second = tableOf();
  expect(await second.table.refresh()).toBe(false);
  expect(second.told).toEqual([]);
  expect(second.read.filter((file) => !file.includes('no-run'))).toEqual([]);
  const rows = (table: RunTable) =>
    [...table.rows].sort((a, b) => (a.summary.runId < b.summary.runId ? -1 : 1));
  expect(rows(second.table)).toEqual(rows(first.table));
});

test('a row says what stands in the folder', async () => {
  await makeRun(folder, 4);
  const { table } = tableOf();
  await table.refresh();
  expect(table.rows[0]?.summary).toMatchObject({
    ...{ runId: nameOfMade(4), name: 'mnist-cnn', preset: 'mnist-cnn', tags: ['sweep:lr', 'odd'] },
    ...{ notes: 'note 4', archived: false, createdAt: '2026-01-05T08:04:00.000Z', state: 'finished' },
    ...{ model: 'conv2d × 2, dense', parameters: 34_826, dataSet: 'mnist', epochs: 10, steps: 4_690 },
    // Ten epochs of 1,004,000 bytes each, and the blocks.
    ...{ bytes: 10 * 1_004_000 + 47_000_000, optimizer: { type: 'adam', lr: 0.005 } },
    alike: { runs: 1, same: true },
  });
  const { valAccuracy, bestValAccuracy, valLoss, bestValLoss } = table.rows[0]?.summary ?? {};
  expect(bestValAccuracy).toBeGreaterThanOrEqual(valAccuracy ?? 1);
  expect(bestValLoss).toBeLessThanOrEqual(valLoss ?? 0);
});

test('a run that comes, goes, ends or is labelled is seen, and the others are not read again', async () => {
  await makeRuns(folder, 10);
  const { table, read } = tableOf();
  await table.refresh();
  read.length = 0;
  const stopped = nameOfMade(9);

  await rm(join(folder, nameOfMade(0)), { recursive: true });
  await cp(join(folder, nameOfMade(1)), join(folder, 'copied-in'), { recursive: true });
  await changeLabel(join(folder, nameOfMade(2)), { name: 'Named' });
  await writeFile(
    join(folder, stopped, 'result.json'),
    JSON.stringify({
      state: 'finished',
      epochs: 5,
      steps: 7,
      testAccuracy: 0.5,
      bestEpoch: 5,
      parametersSha256: 'f',
    }),
  );
  await appendFile(join(folder, nameOfMade(3), 'epochs.jsonl'), '{"epoch": 11, "seconds": 1}\n');
  expect(await table.refresh()).toBe(true);
  expect(namesOf(table)).toEqual([...made(1, 2, 3, 4, 5, 6, 7, 8, 9), 'copied-in'].sort());
  const row = (runId: string) => table.rows.find(({ summary }) => summary.runId === runId)?.summary;
  expect(row(nameOfMade(2))).toMatchObject({ name: 'Named', preset: 'mnist-softmax' });
  expect(row(stopped)).toMatchObject({ state: 'finished', testAccuracy: 0.5, steps: 7 });
  expect(row('copied-in')?.alike).toEqual({ runs: 2, same: true });
  expect(new Set(read.map((file) => file.split(/[\\/]/).at(-2)))).toEqual(
    new Set(['copied-in', nameOfMade(2), nameOfMade(3), stopped]),
  );
  // The index has followed.
  table.close();
  const later = tableOf();
  await later.table.refresh();
  expect(namesOf(later.table)).toEqual(namesOf(table));
});

test.each([
  ['is no database', (file: string) => writeFile(file, 'these are no pages of SQLite, not by far')],
  [
    'is half of one',
    async (file: string) => {
      const whole = await diskFiles.read(file);
      await writeFile(file, (whole ?? new Uint8Array()).subarray(0, 6_000));
    },
  ],
  ['is empty', (file: string) => writeFile(file, '')],
  ['is gone', (file: string) => unlink(file)],
])('an index that %s is made anew, and said to be', async (_, spoil) => {
  await makeRuns(folder, 8);
  const before = tableOf();
  await before.table.refresh();
  before.table.close();
  await spoil(join(folder, INDEX_FILE));
  const after = tableOf();
  await after.table.refresh();
  expect(after.told).toEqual([{ type: 'runIndexMade', folder, runs: 8 }]);
  expect(namesOf(after.table)).toEqual(namesOf(before.table));
  after.table.close();
  const later = tableOf();
  await later.table.refresh();
  expect(later.told).toEqual([]);
  expect(later.read).toEqual([]);
});

test.each([
  ['is removed', (file: string) => unlink(file)],
  ['is another one', (file: string) => rename(`${file}.other`, file)],
  ['is damaged', (file: string) => writeFile(file, 'x'.repeat(20_000))],
  ['is cut off', (file: string) => truncate(file, 5_000)],
])('an index that %s while it is open is made anew with all that has changed', async (_, spoil) => {
  await makeRuns(folder, 6);
  const { table } = tableOf();
  await table.refresh();
  await copyFile(join(folder, INDEX_FILE), join(folder, `${INDEX_FILE}.other`));
  await spoil(join(folder, INDEX_FILE));
  await changeLabel(join(folder, nameOfMade(2)), { name: 'Named' });
  await table.refresh();
  await makeRun(folder, 6);
  await table.refresh();
  expect(namesOf(table)).toEqual(made(0, 1, 2, 3, 4, 5, 6));
  const later = await RunIndex.open(folder);
  expect(later).toMatchObject({ type: 'open', isNew: false });
  if (later.type !== 'open') return;
  expect(later.runs.map(({ row }) => row.summary.runId).sort()).toEqual(made(0, 1, 2, 3, 4, 5, 6));
  expect(later.runs.find(({ row }) => row.summary.name === 'Named')?.row.summary.runId).toBe(nameOfMade(2));
  later.index.close();
});

/** Has the file to itself until it is killed. */
const HOLDS_INDEX = `
import { createClient } from '@libsql/client/sqlite3';
import { pathToFileURL } from 'node:url';
const client = createClient({ url: pathToFileURL(process.argv[1]).href });
await client.execute('pragma locking_mode = exclusive');
await client.batch(['pragma user_version = 1'], 'write');
console.log('locked');
setInterval(() => {}, 1000);
`;

test('while another process has the index to itself the runs are listed, and written to it afterwards', async () => {
  await makeRuns(folder, 4);
  const first = tableOf();
  await first.table.refresh();
  const other = spawn(process.execPath, ['--input-type=module', '-e', HOLDS_INDEX, join(folder, INDEX_FILE)]);
  onTestFinished(() => void other.kill('SIGKILL'));
  await once(other.stdout, 'data');
  await changeLabel(join(folder, nameOfMade(1)), { name: 'Named' });
  await first.table.refresh();
  const second = tableOf();
  await second.table.refresh();
  for (const { table, told } of [first, second]) {
    expect(table.rows.find(({ summary }) => summary.name === 'Named')?.summary.runId).toBe(nameOfMade(1));
    expect(told.filter(({ type }) => type === 'runIndexUnusable')).toEqual([]);
  }
  other.kill('SIGKILL');
  await once(other, 'exit');
  await second.table.refresh();
  const opened = await RunIndex.open(folder);
  if (opened.type !== 'open') throw new Error(opened.problem);
  expect(opened.runs.map(({ row }) => row.summary.name)).toContain('Named');
  opened.index.close();
});

test('where no index can be written the runs are listed all the same, with a word', async () => {
  await makeRuns(folder, 3);
  await mkdir(join(folder, INDEX_FILE, 'in the way'), { recursive: true });
  const { table, told } = tableOf();
  await table.refresh();
  expect(namesOf(table)).toEqual([...made(0, 1, 2)]);
  expect(told).toEqual([
    { type: 'runIndexUnusable', file: join(folder, INDEX_FILE), problem: expect.stringContaining('EISDIR') },
  ]);
  await makeRun(folder, 3);
  await table.refresh();
  expect(namesOf(table)).toEqual(made(0, 1, 2, 3));
  expect(told).toHaveLength(1);
});

test('a folder without runs gets no index', async () => {
  const { table, told } = tableOf();
  expect(await table.refresh()).toBe(false);
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
  expect(await table.refresh()).toBe(false);
  // That of the first run is new, which nobody need be told.
  await makeRun(folder, 0);
  expect(await table.refresh()).toBe(true);
  expect((await readdir(folder)).sort()).toEqual([INDEX_FILE, nameOfMade(0)].sort());
  expect(told).toEqual([]);
});

test('several that write the index at once leave it whole', async () => {
  await makeRuns(folder, 30);
  const tables = [0, 1, 2, 3].map(() => tableOf());
  await Promise.all(tables.map(({ table }) => table.refresh()));
  await makeRuns(folder, 40);
  await Promise.all(tables.map(({ table }) => table.refresh()));
  for (const { table } of tables) expect(table.rows).toHaveLength(40);
  for (const { table } of tables) await table.refresh();
  const opened = await RunIndex.open(folder);
  expect(opened).toMatchObject({ type: 'open', isNew: false });
  if (opened.type !== 'open') return;
  expect(opened.runs).toHaveLength(40);
  opened.index.close();
});

test('without a disk for an index, as in a cluster, the runs are read alone', async () => {
  await makeRuns(folder, 3);
  const { table, told } = tableOf({ hasIndex: false });
  await table.refresh();
  expect(namesOf(table)).toEqual(made(0, 1, 2));
  expect(await readdir(folder)).toEqual(made(0, 1, 2));
  expect(told).toEqual([]);
});

test('runs of one spec that ended otherwise are told apart', async () => {
  await makeRuns(folder, 2);
  await cp(join(folder, nameOfMade(0)), join(folder, 'other'), { recursive: true });
  const file = join(folder, 'other', 'result.json');
  const result = JSON.parse(Buffer.from((await diskFiles.read(file)) ?? []).toString());
  await writeFile(file, JSON.stringify({ ...result, parametersSha256: 'other bits' }));
  const { table } = tableOf();
  await table.refresh();
  const alike = Object.fromEntries(table.rows.map(({ summary }) => [summary.runId, summary.alike]));
  expect(alike).toEqual({
    [nameOfMade(0)]: { runs: 2, same: false },
    [nameOfMade(1)]: { runs: 1, same: true },
    other: { runs: 2, same: false },
  });
});

test('a run is deleted with all that is in it, and one that goes on is not', async () => {
  await makeRuns(folder, 2);
  await removeRun(folder, nameOfMade(0), diskFiles);
  expect(await readdir(folder)).toEqual(made(1));
  const lock = await lockRun(join(folder, nameOfMade(1)), nameOfMade(1));
  await expect(removeRun(folder, nameOfMade(1), diskFiles)).rejects.toThrow('is in use by process');
  expect(await readdir(join(folder, nameOfMade(1)))).toContain('run.json');
  await lock.release();
  await expect(removeRun(folder, 'nobody', diskFiles)).rejects.toThrow('There is no run "nobody"');
});

test('two thousand runs are answered for alike, from the folders and from the index', async () => {
  // A run's folder is made of small files: so many are quick to write.
  await makeRuns(folder, 2_000);
  const ask = (table: RunTable, sort: string) =>
    askRuns(table.rows, { ...DEFAULT_RUN_QUERY, sort, limit: 3, search: 'tag=even' });
  const fresh = tableOf();
  await fresh.table.refresh();
  fresh.table.close();
  const later = tableOf();
  await later.table.refresh();
  expect(later.read).toEqual([]);
  for (const sort of ['accuracy', 'bytes', 'optimizer.lr', 'createdAt']) {
    const answer = ask(later.table, sort);
    expect(answer).toEqual(ask(fresh.table, sort));
    expect(answer).toMatchObject({ found: 250, all: 2_000 });
  }
  expect(ask(later.table, 'createdAt').runs.map(({ runId }) => runId)).toEqual(
    [1_992, 1_984, 1_976].map(nameOfMade),
  );
});
