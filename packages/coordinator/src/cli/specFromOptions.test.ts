import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { specFromOptions } from './specFromOptions.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function config(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

test('without options the default preset is taken', async () => {
  expect((await specFromOptions({}, 'mnist-cnn')).name).toBe('mnist-cnn');
});

test('a YAML config on a preset, a field set and a seed come together', async () => {
  const file = await config('run.yaml', 'preset: mnist-mlp\nepochs: 4\noptimizer:\n  type: momentum\n');
  const spec = await specFromOptions({ config: file, set: ['optimizer.lr=0.02'], seed: 7 }, 'mnist-cnn');
  expect(spec).toMatchObject({
    name: 'mnist-mlp',
    epochs: 4,
    seed: 7,
    optimizer: { type: 'momentum', lr: 0.02, momentum: 0.9 },
  });
});

test('a JSON config that is printed can be read again', async () => {
  const spec = await specFromOptions({ preset: 'mnist-dropout' }, 'mnist-mlp');
  const file = await config('run.json', JSON.stringify(spec));
  expect(await specFromOptions({ config: file }, 'mnist-mlp')).toEqual(spec);
});

test.each([
  ['broken.json', '{"epochs": 3', /broken\.json is not valid JSON or YAML at line 1/],
  ['list.yaml', '- 1\n- 2\n', /must hold an object of fields/],
  ['typo.yaml', 'preset: mnist-mlp\nepoch: 4\n', /typo\.yaml: epoch is not a field .* did you mean "epochs"/],
  ['preset.yaml', 'preset: mnist-mpl\n', /did you mean "mnist-mlp"/],
  ['number.yaml', 'preset: 3\n', /must be the name of a preset, not 3/],
])('%s is refused with a sentence', async (name, text, sentence) => {
  await expect(specFromOptions({ config: await config(name, text) }, 'mnist-mlp')).rejects.toThrow(sentence);
});

test('a config that is not there is named', async () => {
  await expect(specFromOptions({ config: join(folder, 'none.json') }, 'mnist-mlp')).rejects.toThrow(
    /none\.json cannot be read .*after --config/,
  );
});
