/** Files that people hand to commands, written by whatever they have, and names for files to write. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExportFormat } from './choices.ts';
import { exportFormat } from './commands/exportModel.ts';
import { initialFromOptions } from './initialFromOptions.ts';
import type { SpecOptions } from './options.ts';
import { specFromOptions } from './specFromOptions.ts';
import { readTokenFile } from './tokenFile.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-handed-'));
});
afterAll(() => rm(folder, { recursive: true }));

const specFrom = async (options: SpecOptions, preset: string) =>
  specFromOptions(options, preset, await initialFromOptions(undefined, folder));

/** As `>` of PowerShell 5 writes it. */
const asPowerShell = async (name: string, text: string): Promise<string> => {
  const file = join(folder, name);
  await writeFile(
    file,
    Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(text.replaceAll('\n', '\r\n'), 'utf16le')]),
  );
  return file;
};

test('a config that PowerShell wrote gives the spec that was printed', async () => {
  const spec = await specFrom({ preset: 'mnist-dropout' }, 'mnist-mlp');
  const json = await asPowerShell('run.json', JSON.stringify(spec, null, 2));
  expect(await specFrom({ config: json }, 'mnist-mlp')).toEqual(spec);
  const yaml = await asPowerShell('run.yaml', 'preset: mnist-mlp\nname: 日本語\nepochs: 4\n');
  expect(await specFrom({ config: yaml }, 'mnist-cnn')).toMatchObject({ name: '日本語', epochs: 4 });
});

test('a config that is no text is refused, naming the file', async () => {
  const file = join(folder, 'latin.yaml');
  await writeFile(file, Buffer.from('name: Übung', 'latin1'));
  await expect(specFrom({ config: file }, 'mnist-cnn')).rejects.toThrow(
    `The config ${file} is not text in UTF-8: save it as UTF-8.`,
  );
});

test('a token that PowerShell wrote is read without its mark and line end', async () => {
  expect(await readTokenFile(await asPowerShell('token', 'k3x9-blue\n'))).toBe('k3x9-blue');
});

test.each(['model.PT', 'out/digits.h5', 'm.tar.gz', 'm.onnx.pb', 'm.7z'])(
  'a model is not written as %s',
  (file) => {
    expect(() => exportFormat(file, undefined)).toThrow(
      /^Shoal cannot write \.\w+ files\. What can be written is \.safetensors, which PyTorch .* name the file .*\.safetensors, /,
    );
  },
);

test.each(['m.safetensors', 'M.SAFETENSORS', 'model', 'digits-1.2', 'out.d/model', '.hidden'])(
  'a model may be written as %s',
  (file) => {
    expect(() => exportFormat(file, undefined)).not.toThrow();
  },
);

test.each<[string, ExportFormat | undefined, ExportFormat]>([
  ['m.onnx', undefined, 'onnx'],
  ['curves.csv', undefined, 'csv'],
  ['M.ONNX', undefined, 'onnx'],
  ['m.safetensors', undefined, 'safetensors'],
  ['m', undefined, 'safetensors'],
  ['m.onnx', 'onnx', 'onnx'],
  ['folder.d', 'web', 'web'],
  ['folder', 'pytorch', 'pytorch'],
])('%s with --format %s is written as %s', (file, asked, format) => {
  expect(exportFormat(file, asked)).toBe(format);
});

test('a name that contradicts the format, or stands for two files, is told', () => {
  expect(() => exportFormat('m.onnx', 'safetensors')).toThrow(
    'm.onnx does not end as files of the format safetensors do: name it m.safetensors.',
  );
  expect(() => exportFormat('m.py', undefined)).toThrow(
    'name a folder for them, such as "m --format pytorch"',
  );
});
