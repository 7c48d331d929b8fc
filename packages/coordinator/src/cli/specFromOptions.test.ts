import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { initialFromOptions } from './initialFromOptions.ts';
import type { InitialOptions, SpecOptions } from './options.ts';
import { specFromOptions } from './specFromOptions.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

const specFrom = async (options: SpecOptions & InitialOptions, preset: string) =>
  specFromOptions(options, preset, await initialFromOptions(options.initial, folder));

async function config(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

/** Residual blocks inside each other. */
function blocks(depth: number): string {
  const open = '{"type":"residual","layers":['.repeat(depth);
  return `{"model":{"input":[4],"layers":[${open}${']}'.repeat(depth)}]}}`;
}

/** Objects inside each other by indentation alone. */
function indented(depth: number): string {
  return Array.from({ length: depth }, (_, level) => `${' '.repeat(level)}a:`).join('\n');
}

/** A few lines that stand for a billion values. */
function aliases(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 9; i += 1)
    lines.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
    );
  return lines.join('\n');
}

test('without options the default preset is taken', async () => {
  expect((await specFrom({}, 'mnist-cnn')).name).toBe('mnist-cnn');
});

test('a YAML config on a preset, a field set and a seed come together', async () => {
  const file = await config('run.yaml', 'preset: mnist-mlp\nepochs: 4\noptimizer:\n  type: momentum\n');
  const spec = await specFrom({ config: file, set: ['optimizer.lr=0.02'], seed: 7 }, 'mnist-cnn');
  expect(spec).toMatchObject({
    name: 'mnist-mlp',
    epochs: 4,
    seed: 7,
    optimizer: { type: 'momentum', lr: 0.02, momentum: 0.9 },
  });
});

test('a JSON config that is printed can be read again', async () => {
  const spec = await specFrom({ preset: 'mnist-dropout' }, 'mnist-mlp');
  const file = await config('run.json', JSON.stringify(spec));
  expect(await specFrom({ config: file }, 'mnist-mlp')).toEqual(spec);
});

test.each([
  ['broken.json', '{"epochs": 3', /broken\.json is not valid JSON or YAML at line 1/],
  ['list.yaml', '- 1\n- 2\n', /must hold an object of fields/],
  ['typo.yaml', 'preset: mnist-mlp\nepoch: 4\n', /typo\.yaml: epoch is not a field .* did you mean "epochs"/],
  ['preset.yaml', 'preset: mnist-mpl\n', /did you mean "mnist-mlp"/],
  // What takes up the stack or multiplies is no defect of ours either.
  ['deep.json', `{"model": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`, /deep\.json .*deep/],
  ['lists.yaml', `model: \n  ${'- '.repeat(100_000)}1\n`, /lists\.yaml nests too deep/],
  ['indented.yaml', indented(450), /indented\.yaml nests too deep/],
  ['blocks.json', blocks(1_200), /blocks\.json nests too deep/],
  ['seven.json', blocks(7), /seven\.json: .* 15 deep.*after each other/],
  ['bomb.yaml', aliases(), /bomb\.yaml cannot be taken as a spec .*aliases/],
  ['itself.yaml', 'model: &a\n  input: *a\n', /deep/],
  ['long.yaml', `name: ${'x'.repeat(1_048_576)}\n`, /more than the 1048576 of any spec/],
  ['number.yaml', 'preset: 3\n', /must be the name of a preset, not 3/],
])('%s is refused with a sentence', async (name, text, sentence) => {
  await expect(specFrom({ config: await config(name, text) }, 'mnist-mlp')).rejects.toThrow(sentence);
});

test('a config that is not there is named', async () => {
  await expect(specFrom({ config: join(folder, 'none.json') }, 'mnist-mlp')).rejects.toThrow(
    /none\.json cannot be read .*after --config/,
  );
});
