import { appendFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunResult } from '@shoal/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { smallData, smallSpec } from '../smallRun.suite.ts';
import {
  createRunFolder,
  hasEnded,
  keepTrust,
  keptPort,
  listRuns,
  readRun,
  runFiles,
  writeResult,
} from './runFolder.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-runs-'));
});
afterEach(() => rm(folder, { recursive: true }));

const create = (second: number) =>
  createRunFolder(
    folder,
    { spec: smallSpec, dataSet: smallData.info, kernels: '1-0123456789ab' },
    new Date(Date.UTC(2026, 0, 5, 10, 15, second)),
  );

test('a run is read back as it was made, and can be resumed', async () => {
  const made = await create(0);
  expect(made.runId).toMatch(/^small-20260105-101500-[0-9a-f]{4}$/);
  expect(await readRun(folder, made.runId)).toEqual({ ...made, state: 'stopped', result: null, epochs: [] });
});

test('an epoch line that a crash cut short is passed over', async () => {
  const { runId, folder: own } = await create(0);
  await appendFile(runFiles(own).epochs, '{"epoch":1,"trainLoss":0.5}\n{"epoch":2,"trai');
  expect((await readRun(folder, runId)).epochs).toEqual([{ epoch: 1, trainLoss: 0.5 }]);
});

test('a run that is not there is named, with those that are', async () => {
  await expect(readRun(folder, 'small')).rejects.toThrow(/no run "small".*There are none yet/);
  const { runId } = await create(0);
  await expect(readRun(folder, 'small')).rejects.toThrow(`The latest are: ${runId}.`);
});

test('a damaged record is named, and the other runs are still listed', async () => {
  const runs = [await create(3), await create(1), await create(2)];
  await mkdir(join(folder, 'something-else'));
  const damaged = runFiles((runs[2] as (typeof runs)[0]).folder).run;
  await writeFile(damaged, '{"runId":');
  await expect(readRun(folder, (runs[2] as (typeof runs)[0]).runId)).rejects.toThrow(
    `The record ${damaged} cannot be read`,
  );
  expect((await listRuns(folder)).map(({ runId }) => runId)).toEqual([runs[1]?.runId, runs[0]?.runId]);
});

test('only a port that was really listened on is kept', async () => {
  const { folder: own } = await create(0);
  expect(await keptPort(own)).toBeNull();
  await writeFile(runFiles(own).port, '');
  expect(await keptPort(own)).toBeNull();
  await writeFile(runFiles(own).port, '7465\n');
  expect(await keptPort(own)).toBe(7465);
});

test('a result does not say where it lay, and names its files where it lies now', async () => {
  const { runId, folder: own } = await create(0);
  expect(await hasEnded(own)).toBe(false);
  const { model, checkpoints, result: file } = runFiles(own);
  const result = { runId, state: 'finished', modelFile: model, checkpointFolder: checkpoints };
  await writeResult(own, result as RunResult);
  expect(await readFile(file, 'utf8')).not.toContain(folder);
  expect(await hasEnded(own)).toBe(true);
  const moved = await mkdtemp(join(tmpdir(), 'shoal-runs-'));
  await rename(own, join(moved, runId));
  const read = await readRun(moved, runId);
  expect(read.result).toEqual({
    ...result,
    modelFile: join(moved, runId, 'model.safetensors'),
    checkpointFolder: join(moved, runId, 'checkpoints'),
  });
  await rm(moved, { recursive: true });
});

test('how workers are checked is read back as it was changed last, and nothing else of the spec is', async () => {
  const { runId, folder: own, spec } = await create(0);
  await keepTrust(own, { spotCheck: 0.2, quorum: 3 });
  const { spec: read } = await readRun(folder, runId);
  expect(read).toEqual({ ...spec, trust: { spotCheck: 0.2, quorum: 3, trim: 0 } });
  if (process.platform !== 'win32') expect((await stat(runFiles(own).trust)).mode & 0o077).toBe(0);
  await writeFile(runFiles(own).trust, '{"spotCheck":');
  await expect(readRun(folder, runId)).rejects.toThrow(`${runFiles(own).trust} is damaged`);
});

test('a run of an earlier release with a quorum and no spot checks goes on with some', async () => {
  const { runId, folder: own } = await create(0);
  const record = JSON.parse(await readFile(runFiles(own).run, 'utf8'));
  const trust = { spotCheck: 0, quorum: 2, trim: 0 };
  await writeFile(runFiles(own).run, JSON.stringify({ ...record, spec: { ...record.spec, trust } }));
  expect((await readRun(folder, runId)).spec.trust).toEqual({ ...trust, spotCheck: 0.05 });
  // One that checked nothing goes on checking nothing.
  const none = { spotCheck: 0, quorum: 1, trim: 0 };
  await writeFile(runFiles(own).run, JSON.stringify({ ...record, spec: { ...record.spec, trust: none } }));
  expect((await readRun(folder, runId)).spec.trust).toEqual(none);
});
