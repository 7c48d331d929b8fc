/**
 * The binary files of CIFAR-10 and CIFAR-100: records of one label (CIFAR-100: a coarse one, then the fine one that is
 * used) and 3 × 32 × 32 bytes, red before green before blue.
 */
import { open, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { classSamples, type DataSet, type Samples } from '@shoal/core';
import { DataError } from './dataError.ts';
import { allocate, setOfParts } from './parts.ts';
import type { Reading } from './reading.ts';

const SHAPE = [3, 32, 32];
const IMAGE_BYTES = 3072;
const RECORDS_AT_ONCE = 1000;

type Variant = {
  readonly train: readonly string[];
  readonly test: readonly string[];
  readonly names: string;
  readonly labelBytes: number;
  readonly classes: number;
};

const VARIANTS: readonly Variant[] = [
  {
    train: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`),
    test: ['test_batch.bin'],
    names: 'batches.meta.txt',
    labelBytes: 1,
    classes: 10,
  },
  { train: ['train.bin'], test: ['test.bin'], names: 'fine_label_names.txt', labelBytes: 2, classes: 100 },
];

/** Whether files of these names are CIFAR's, some of them at least. */
export const isCifar = (names: readonly string[]): boolean =>
  VARIANTS.some(
    ({ train, names: meta }) =>
      train.some((name) => names.includes(name)) && (names.includes(meta) || train.length > 1),
  );

/** @throws DataError */
export async function loadCifar(
  folder: string,
  names: readonly string[],
  reading: Reading,
): Promise<DataSet> {
  const variant = VARIANTS.find(({ train }) => train.some((name) => names.includes(name))) as Variant;
  const missing = [...variant.train, ...variant.test].filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new DataError(
      `${folder} lacks ${missing.join(', ')} of CIFAR-${variant.classes}. Unpack the archive of its binary version again.`,
    );
  }
  const classNames = await namesIn(join(folder, variant.names), variant.classes);
  return setOfParts(
    folder,
    {
      train: await readRecords(folder, variant.train, variant, reading),
      validation: null,
      test: await readRecords(folder, variant.test, variant, reading),
    },
    {
      name: `cifar-${variant.classes}`,
      source: 'cifar',
      shape: SHAPE,
      classes: variant.classes,
      ...(classNames !== null && { classNames }),
    },
  );
}

async function namesIn(file: string, classes: number): Promise<readonly string[] | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const names = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return names.length === classes ? names : null;
}

async function readRecords(
  folder: string,
  files: readonly string[],
  { labelBytes, classes }: Variant,
  { onProgress }: Reading,
): Promise<Samples> {
  const recordBytes = labelBytes + IMAGE_BYTES;
  const sizes: number[] = [];
  for (const name of files) {
    const { size } = await stat(join(folder, name));
    if (size === 0 || size % recordBytes !== 0) {
      throw new DataError(
        `${join(folder, name)} has ${size} bytes, which are no records of ${recordBytes}: it is cut off or another file. Copy or unpack it again.`,
      );
    }
    sizes.push(size / recordBytes);
  }
  const count = sizes.reduce((sum, size) => sum + size, 0);
  const inputs = allocate(folder, 'u8', SHAPE, count);
  const labels = new Uint8Array(count);
  const records = Buffer.alloc(RECORDS_AT_ONCE * recordBytes);
  let row = 0;
  for (const name of files) {
    const path = join(resolve(folder), name);
    const file = await open(path, 'r');
    try {
      for (;;) {
        const { bytesRead } = await file.read(records, 0, records.length);
        if (bytesRead === 0) break;
        for (let at = 0; at < bytesRead; at += recordBytes) {
          const label = records[at + labelBytes - 1] as number;
          if (label >= classes) {
            throw new DataError(
              `${path} has the label ${label} in record ${row} of its part, but CIFAR-${classes} has ${classes} classes: it is damaged.`,
            );
          }
          labels[row] = label;
          inputs.values.set(records.subarray(at + labelBytes, at + recordBytes), row * IMAGE_BYTES);
          row += 1;
        }
        onProgress({ what: basename(folder), done: row, total: count, unit: 'pictures' });
      }
    } finally {
      await file.close();
    }
  }
  return classSamples(inputs, labels);
}
