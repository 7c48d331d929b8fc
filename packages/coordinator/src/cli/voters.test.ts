import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  compileModel,
  type DataSetInfo,
  initialParameters,
  type ModelSpec,
  resolveRunSpec,
} from '@shoal/core';
import { expect, onTestFinished, test } from 'vitest';
import type { DeliveredModel } from './deliveredModel.ts';
import { doubtAbout } from './trainedOn.ts';
import { checkNamedOnce, checkVoters } from './voters.ts';

const BARS: DataSetInfo = {
  name: 'bars',
  source: 'idx',
  shape: [2],
  classes: 2,
  sha256: '0123456789abcdef'.repeat(4),
};
const OTHER: DataSetInfo = { ...BARS, name: 'stripes', sha256: 'f'.repeat(64) };

function delivered(file: string, fields: Partial<ModelSpec & { seed: number }> = {}): DeliveredModel {
  const { seed = 1, ...rest } = fields;
  const layers = [{ type: 'dense', units: 2 }] as const;
  const model = compileModel({ input: [2], layers, loss: 'cross_entropy', ...rest });
  return { file, model, parameters: initialParameters(model, seed), spec: null, dataSet: BARS };
}

const onTable = (file: string, table: string, seed: number): DeliveredModel => {
  const model = delivered(file, { seed });
  const spec = resolveRunSpec({ model: model.model.spec, data: { source: 'table', table } });
  return { ...model, spec, dataSet: null };
};

const complaintAbout = (models: readonly DeliveredModel[], otherData = false): string | null => {
  try {
    checkVoters(models, { otherData });
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

const first = delivered('a');
const second = delivered('b', { seed: 2 });

test('models of one data set with equally many classes vote, whatever their layers', () => {
  const layers = [{ type: 'dense', units: 1 }] as const;
  expect(complaintAbout([first, second, delivered('c', { layers })])).toBeNull();
});

test('models of different data sets vote only on another one that is asked for', () => {
  const other = { ...second, dataSet: OTHER };
  const complaint = complaintAbout([first, other]);
  expect(complaint).toMatch(
    /^a was trained on bars \(2, SHA-256 0123456789ab…\), but b on stripes \(2, SHA-256 ffffffffffff…\)\. .*--other-data/,
  );
  expect(complaintAbout([first, other], true)).toBeNull();
  // Not only the first is held against the others.
  expect(complaintAbout([{ ...first, dataSet: null }, second, { ...other, file: 'c' }])).toMatch(
    /^b was .*but c on/,
  );
  // Files that do not name a data set are held against the one found instead.
  expect(doubtAbout({ ...first, dataSet: null }, BARS)).toMatchObject({ isOther: false });
});

test('models of two truth tables do not vote together', () => {
  expect(complaintAbout([onTable('a', 'or', 1), onTable('b', 'xor', 2)])).toMatch(
    /^a was trained on or, but b on xor\./,
  );
  expect(complaintAbout([onTable('a', 'or', 1), onTable('b', 'or', 2)])).toBeNull();
});

test('models with different numbers of classes are both named', () => {
  const three = delivered('b', { layers: [{ type: 'dense', units: 3 }] });
  expect(complaintAbout([first, three])).toMatch(/^a tells 2 classes apart, but b 3: .*\.$/);
});

test('a model without probabilities is named, with its loss and its last layer', () => {
  const score = delivered('b', { loss: 'perceptron' });
  expect(complaintAbout([first, score])).toMatch(
    /^b cannot vote: .*its loss is perceptron, its last layer dense1\)\. .*Leave it out/,
  );
});

test('the same model under two names does not vote twice', async () => {
  expect(complaintAbout([first, second, delivered('c')])).toMatch(
    /^a and c hold the same model, bit for bit/,
  );

  const folder = await mkdtemp(join(tmpdir(), 'shoal-voters-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [file, other, link] = ['m.safetensors', 'n.safetensors', 'link.safetensors'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  await writeFile(file, '');
  await writeFile(other, '');
  await symlink(file, link);
  await checkNamedOnce(['run', 'other'], [file, other]);
  await expect(checkNamedOnce(['run', 'other', 'run'], [file, other, file])).rejects.toThrow(
    'run is named twice: each model has one vote. Leave one of them out.',
  );
  await expect(checkNamedOnce(['run', link], [file, link])).rejects.toThrow(
    `run and ${link} are the same model`,
  );
});
