import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { load, writeFiles } from './madeFiles.suite.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'shoal-cifar-'));
});
afterEach(() => rm(root, { recursive: true }));

/** Records whose pictures are all of the value of their label, red, green and blue apart. */
const records = (labels: readonly number[][]): Buffer =>
  Buffer.concat(
    labels.map((one) =>
      Buffer.concat([
        Buffer.from(one),
        ...[0, 1, 2].map((channel) => Buffer.alloc(1024, 10 * one.at(-1)! + channel)),
      ]),
    ),
  );
const NAMES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const ten = records([[0], [1], [2], [9]]);
const batches = Object.fromEntries(
  [1, 2, 3, 4, 5].map((i) => [`cifar-10-batches-bin/data_batch_${i}.bin`, ten]),
);

test('CIFAR-10 is read with the names of its classes, from its folder or the one above', async () => {
  await writeFiles(root, {
    ...batches,
    'cifar-10-batches-bin/test_batch.bin': ten,
    'cifar-10-batches-bin/batches.meta.txt': `${NAMES.join('\n')}\n\n`,
  });
  for (const place of [
    root,
    join(root, 'cifar-10-batches-bin'),
    join(root, 'cifar-10-batches-bin/test_batch.bin'),
  ]) {
    const { dataSet } = await load(place);
    expect(dataSet.info).toMatchObject({
      name: 'cifar-10',
      source: 'cifar',
      shape: [3, 32, 32],
      classes: 10,
      classNames: NAMES,
    });
    expect([dataSet.train.count, dataSet.test.count]).toEqual([20, 4]);
    expect([...dataSet.train.targets.values.subarray(0, 5)]).toEqual([0, 1, 2, 9, 0]);
    const { values } = dataSet.test.inputs;
    expect([values[3 * 3072], values[3 * 3072 + 1024], values[3 * 3072 + 2048]]).toEqual([90, 91, 92]);
  }
});

test('CIFAR-100 is read by its fine labels', async () => {
  const hundred = records([
    [3, 5],
    [3, 99],
    [1, 5],
    [1, 99],
  ]);
  const names = Array.from({ length: 100 }, (_, i) => `thing ${i}`);
  await writeFiles(root, {
    'train.bin': hundred,
    'test.bin': hundred,
    'fine_label_names.txt': names.join('\n'),
  });
  const { dataSet } = await load(root);
  expect(dataSet.info).toMatchObject({ name: 'cifar-100', classes: 100, classNames: names });
  expect([...dataSet.train.targets.values]).toEqual([5, 99, 5, 99]);
});

test('what is missing, cut off or damaged is told', async () => {
  await writeFiles(root, batches);
  const folder = join(root, 'cifar-10-batches-bin');
  await expect(load(folder)).rejects.toThrow('lacks test_batch.bin of CIFAR-10');
  await writeFiles(folder, { 'test_batch.bin': ten.subarray(1) });
  await expect(load(folder)).rejects.toThrow('has 12291 bytes, which are no records of 3073');
  await writeFiles(folder, { 'test_batch.bin': records([[0], [77]]) });
  await expect(load(folder)).rejects.toThrow('has the label 77 in record 1');
});
