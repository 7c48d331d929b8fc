import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Presence } from '@shoal/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRunFolder, runFiles } from '../run/folder/runFolder.ts';
import { smallData, smallSpec } from '../run/smallRun.suite.ts';
import { rememberRun, unfinishedRun } from './runFile.ts';
import { StatusFile } from './statusFile.ts';
import { keepTokenFile, readTokenFile } from './tokenFile.ts';

let folder = '';
const place = (...names: string[]): string => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-files-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a token file is made once, for its owner only, and read ever after', async () => {
  const file = place('new', 'join-token');
  const token = await keepTokenFile(file);
  expect(token).toMatch(/^[\w-]{22}$/);
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await keepTokenFile(file)).toBe(token);
  expect(await readTokenFile(file)).toBe(token);
});

test('two that make a token file at once agree on the token', async () => {
  const file = place('together');
  const tokens = await Promise.all(Array.from({ length: 5 }, () => keepTokenFile(file)));
  expect(new Set(tokens)).toEqual(new Set([(await readFile(file, 'utf8')).trim()]));
});

test('a token file that another process is about to write is waited for', async () => {
  const file = place('empty');
  await writeFile(file, '');
  const token = keepTokenFile(file);
  setTimeout(() => void writeFile(file, 'written-late\n'), 120);
  expect(await token).toBe('written-late');
});

test('a token of one’s own is taken as it is; what cannot be one is refused by name', async () => {
  await writeFile(place('own'), 'a-lab.of~our_own\n');
  expect(await keepTokenFile(place('own'))).toBe('a-lab.of~our_own');
  for (const text of ['', '\n', 'two words', 'two\nlines', 'x'.repeat(257), 'frag#ment']) {
    await writeFile(place('bad'), text);
    await expect(keepTokenFile(place('bad'))).rejects.toThrow(/bad holds no token/);
  }
  await expect(readTokenFile(place('none'))).rejects.toThrow(/none cannot be read .*--token-file/);
});

test('a run file leads back to its run until that has ended', async () => {
  const runs = place('runs');
  const file = place('state', 'run');
  expect(await unfinishedRun(file, runs)).toBe(null);
  const { runId, folder: runFolder } = await createRunFolder(
    runs,
    { spec: smallSpec, dataSet: smallData.info, kernels: 'k' },
    new Date(),
  );
  await rememberRun(file, runId);
  expect(await unfinishedRun(file, runs)).toBe(runId);
  await writeFile(runFiles(runFolder).result, JSON.stringify({ state: 'finished' }));
  expect(await unfinishedRun(file, runs)).toBe(null);
});

test('a run that is remembered but gone is not replaced by a new one', async () => {
  const file = place('lost');
  await rememberRun(file, 'mnist-cnn-lost');
  await expect(unfinishedRun(file, place('empty-runs'))).rejects.toThrow(
    /lost says that the run mnist-cnn-lost goes on here, but it is not in .*empty-runs\. .*delete/,
  );
});

test('a status file holds the last word, and one that cannot be written is told once', async () => {
  const problems: string[] = [];
  const file = place('status');
  const written = async (status: StatusFile, presence: Presence): Promise<void> => {
    await expect
      .poll(async () => {
        status.beat(presence);
        return readFile(file, 'utf8').catch(() => '');
      })
      .toBe(`${presence}\n`);
  };
  const status = new StatusFile(file, (sentence) => problems.push(sentence));
  await written(status, 'waiting');
  await written(status, 'joined');
  expect(problems).toEqual([]);

  const nowhere = new StatusFile(place('no', 'such', 'folder'), (sentence) => problems.push(sentence));
  await expect
    .poll(() => {
      nowhere.beat('joined');
      return problems.length;
    })
    .toBe(1);
  expect(problems[0]).toMatch(/status file cannot be written .*goes on without it/);
});
