import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileModel, exportModel, findPreset, initialParameters, resolveRunSpec } from '@shoal/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256Of } from '../run/folder/initialModels.ts';
import { createRunFolder, runFiles } from '../run/folder/runFolder.ts';
import { smallData, smallSpec } from '../run/smallRun.suite.ts';
import { initialFromOptions } from './initialFromOptions.ts';
import type { InitialOptions, SpecOptions } from './options.ts';
import { specFromOptions } from './specFromOptions.ts';

const preset = findPreset('mnist-mlp');
const model = compileModel(preset.model);
const FILE = exportModel(model, initialParameters(model, 77));
const HASH = sha256Of(FILE);

let folder = '';
let runs = '';
let file = '';
let runId = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-initial-'));
  runs = join(folder, 'runs');
  file = join(folder, 'weights.safetensors');
  await writeFile(file, FILE);
  const made = await createRunFolder(
    runs,
    { spec: smallSpec, dataSet: smallData.info, kernels: 'k' },
    new Date(Date.UTC(2026, 0, 5, 10, 15)),
  );
  runId = made.runId;
  await writeFile(runFiles(made.folder).model, FILE);
  await writeFile(runFiles(made.folder).best, FILE);
});
afterAll(() => rm(folder, { recursive: true }));

async function specFrom(options: SpecOptions & InitialOptions) {
  const initial = await initialFromOptions(options.initial, runs);
  const spec = await specFromOptions(options, 'mnist-mlp', initial);
  return { spec, bytes: await initial.of(spec) };
}

test('without a model to begin with the spec says nothing of one', async () => {
  expect(await specFrom({})).toEqual({ spec: preset, bytes: null });
});

test.each([
  ['a file', () => file, 'weights.safetensors'],
  ['a run by its name', () => runId, null],
  ['a run by the path of its folder', () => join(runs, runId), null],
  ['a checkpoint of a run', () => join(runs, runId, 'checkpoints', 'best.safetensors'), 'checkpoint'],
])(
  '%s is named by its hash, and by a name that says nothing of where it lies',
  async (_what, named, from) => {
    const { spec, bytes } = await specFrom({ initial: named(), initialLayers: 2, freeze: true });
    const name =
      from === null ? runId : from === 'checkpoint' ? `${runId}/checkpoints/best.safetensors` : from;
    expect(spec.initial).toEqual({ sha256: HASH, from: name, layers: 2, frozen: true });
    expect(bytes).toEqual(Buffer.from(FILE));
  },
);

test('a config that names a run of the folder needs no option, and one that names a hash is held to it', async () => {
  const config = join(folder, 'run.yaml');
  await writeFile(config, `preset: mnist-mlp\ninitial:\n  from: ${runId}\n  layers: 2\n`);
  expect((await specFrom({ config })).spec.initial).toEqual({
    ...{ sha256: HASH, from: runId, layers: 2, frozen: false },
  });
  const written = join(folder, 'written.json');
  await writeFile(
    written,
    JSON.stringify(resolveRunSpec({ ...preset, initial: { sha256: HASH, layers: 2 } })),
  );
  expect((await specFrom({ config: written, initial: file })).bytes).toEqual(Buffer.from(FILE));
  // Nobody has said where it is.
  await expect(specFrom({ config: written })).rejects.toThrow(
    `The run begins with the file of SHA-256 ${HASH.slice(0, 12)}…, which no run in ${runs} has delivered or begun with: name the file with --initial, or another run.`,
  );
  const other = join(folder, 'other.safetensors');
  await writeFile(other, exportModel(model, initialParameters(model, 78)));
  await expect(specFrom({ config: written, initial: other })).rejects.toThrow(
    /This is not the file that the run is to begin with: its SHA-256 is/,
  );
});

test('what is said of a model that nobody has named is refused', async () => {
  await expect(specFrom({ initialLayers: 2 })).rejects.toThrow('initial names no model to begin with');
  await expect(specFrom({ freeze: true })).rejects.toThrow('initial names no model to begin with');
});

test('a file or run that is not there is named, and so is a file that nobody can read', async () => {
  await expect(specFrom({ initial: join(folder, 'none.safetensors') })).rejects.toThrow(/There is no file/);
  await expect(specFrom({ initial: 'nobody' })).rejects.toThrow(/There is no run "nobody"/);
  const giant = join(folder, 'giant.safetensors');
  await writeFile(giant, '');
  // As long as it says, with nothing in it.
  await truncate(giant, 3_000_000_000);
  await expect(specFrom({ initial: giant })).rejects.toThrow(
    `The model ${giant} has 3.0 GB, more than the 2.1 GB that a run can begin with.`,
  );
  await mkdir(join(folder, 'empty.safetensors'));
  await expect(specFrom({ initial: join(folder, 'empty.safetensors') })).rejects.toThrow(/There is no file/);
});
