import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileModel, exportModel, initialParameters, type RunSpec, resolveRunSpec } from '@shoal/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { diskFiles } from '../../files/diskFiles.ts';
import { smallData, smallSpec } from '../smallRun.suite.ts';
import { InitialModels, keptInitial, sha256Of } from './initialModels.ts';
import { createRunFolder, type RunRecord, readRun, runFiles } from './runFolder.ts';

const model = compileModel(smallSpec.model);
const FILE = exportModel(model, initialParameters(model, 77));
const OTHER = exportModel(model, initialParameters(model, 78));
const HASH = sha256Of(FILE);

let runs = '';
beforeEach(async () => {
  runs = await mkdtemp(join(tmpdir(), 'shoal-initial-'));
});
afterEach(() => rm(runs, { recursive: true }));

async function create(spec: RunSpec, second: number, initial: Uint8Array | null = null): Promise<RunRecord> {
  const record = { spec, dataSet: smallData.info, kernels: 'k' };
  const now = new Date(Date.UTC(2026, 0, 5, 10, 15, second));
  return createRunFolder(runs, record, now, diskFiles, undefined, initial);
}

async function delivered(content: Uint8Array, second = 0): Promise<string> {
  const { runId, folder } = await create(smallSpec, second);
  await writeFile(runFiles(folder).model, content);
  return runId;
}

const models = (begunWith?: (sha256: string) => Promise<string | null>) =>
  new InitialModels({ files: diskFiles, runsFolder: runs, ...(begunWith !== undefined && { begunWith }) });
const begunFrom = (from: string, sha256 = HASH) => ({
  initial: { sha256, from, layers: null, frozen: false },
});

test('a run that is named gets the hash of the model that it has delivered, and that file is found by it', async () => {
  const runId = await delivered(FILE);
  const named = await models().named({ ...smallSpec, initial: { from: runId, layers: 1, frozen: true } });
  const spec = resolveRunSpec(named);
  expect(spec.initial).toEqual({ sha256: HASH, from: runId, layers: 1, frozen: true });
  expect(await models().of(spec)).toEqual(Buffer.from(FILE));
});

test('what names a hash, or nothing, is left as it is', async () => {
  for (const input of [smallSpec, { initial: null }, { initial: { sha256: HASH, from: 'gone' } }, 7, null]) {
    expect(await models().named(input)).toBe(input);
  }
});

test('of a sweep the base is named, and what its trials begin with', async () => {
  const runId = await delivered(FILE);
  const named = await models().namedSweep({
    name: 'tuned',
    base: { preset: 'mnist-mlp', initial: { from: runId } },
    vary: { initial: [null, { from: runId, layers: 2 }], 'initial.frozen': [true, false] },
  });
  expect(named).toEqual({
    name: 'tuned',
    base: { preset: 'mnist-mlp', initial: { from: runId, sha256: HASH } },
    vary: { initial: [null, { from: runId, sha256: HASH, layers: 2 }], 'initial.frozen': [true, false] },
  });
  const plain = { name: 'plain', base: 'mnist-mlp', vary: { seed: [1, 2] } };
  expect(await models().namedSweep(plain)).toEqual(plain);
});

test('a run that is not there, has no model, or is a path is refused', async () => {
  const { runId } = await create(smallSpec, 1);
  const outside = join(runs, '..', `outside-${runId}`);
  await mkdir(outside);
  await writeFile(join(outside, 'model.safetensors'), FILE);
  await expect(models().ofRun(runId)).rejects.toThrow(
    `The run ${runId} has delivered no model to begin with yet`,
  );
  await expect(models().ofRun('nobody')).rejects.toThrow(
    `There is no run "nobody" in ${runs} to begin with.`,
  );
  await expect(models().ofRun(`../outside-${runId}`)).rejects.toThrow(/There is no run/);
  await expect(models().of(begunFrom(`../outside-${runId}`))).rejects.toThrow(
    /which no run in .* has delivered/,
  );
  await rm(outside, { recursive: true });
});

test('where the run has another model by now, or is gone, one that began with the file has it still', async () => {
  const runId = await delivered(OTHER);
  await expect(models().of(begunFrom(runId))).rejects.toThrow(
    `The run begins with the file of SHA-256 ${HASH.slice(0, 12)}…, ${runId}, which no run in ${runs} has delivered or begun with`,
  );
  const heir = await create(resolveRunSpec({ ...smallSpec, ...begunFrom(runId) }), 2, FILE);
  const known = models(async (sha256) => (sha256 === HASH ? heir.runId : null));
  expect(await known.of(begunFrom(runId))).toEqual(Buffer.from(FILE));
  expect(await known.of(begunFrom('weights.safetensors'))).toEqual(Buffer.from(FILE));
});

test('the file lies in the folder of the run that begins with it, and is held to its hash when it is read again', async () => {
  const { runId } = await create(resolveRunSpec({ ...smallSpec, ...begunFrom('x') }), 0, FILE);
  const record = await readRun(runs, runId);
  expect(await keptInitial(diskFiles, record)).toEqual(Buffer.from(FILE));
  await writeFile(runFiles(record.folder).initial, OTHER);
  await expect(keptInitial(diskFiles, record)).rejects.toThrow(
    /initial\.safetensors is damaged: This is not the file/,
  );
  await rm(runFiles(record.folder).initial);
  await expect(keptInitial(diskFiles, record)).rejects.toThrow(
    /is not in .*initial\.safetensors\. Put the file back\.$/,
  );
  const plain = await create(smallSpec, 5);
  expect(await keptInitial(diskFiles, plain)).toBeNull();
});
