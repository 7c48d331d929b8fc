import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { smallData, smallSpec } from '../smallRun.suite.ts';
import { findRun } from './findRun.ts';
import { createRunFolder, slugOf } from './runFolder.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'shoal-find-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test.each([
  ['日本語', 'run'],
  ['日本語 mnist', 'mnist'],
  ['-rf', 'rf'],
  ['--help', 'help'],
  ['Übung 3', 'Ubung-3'],
  ['mnist-mlp', 'mnist-mlp'],
  ['../../etc', 'etc'],
  ['', 'run'],
])('a run named %j gets a folder that begins with %s', (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});

test('a run is found by its name, and by its folder’s path in every spelling', async () => {
  const runs = join(root, 'runs');
  const spec = { ...smallSpec, name: '日本語' };
  const { runId } = await createRunFolder(runs, { spec, dataSet: smallData.info, kernels: 'k' }, new Date());
  expect(runId).toMatch(/^run-\d{8}-\d{6}-[0-9a-f]{4}$/);
  expect(await findRun(runId, runs)).toEqual({ runsFolder: runs, runId });
  const folder = join(runs, runId);
  for (const path of [folder, `${folder}/`, `${folder}//`, join(folder, 'checkpoints', '..')]) {
    expect(await findRun(path, 'elsewhere')).toEqual({ runsFolder: runs, runId });
  }
  const near = relative(process.cwd(), folder);
  for (const path of [near, `./${near}/`]) {
    expect(await findRun(path, 'elsewhere')).toEqual({ runsFolder: relative(process.cwd(), runs), runId });
  }
  // What is not there is looked for where it was said.
  expect(await findRun('nobody', runs)).toEqual({ runsFolder: runs, runId: 'nobody' });
});
