/**
 * A small data set for tests: noisy images of 10 × 10 pixels with a bright bar in the upper, lower, left or right
 * half, which is the class. Written as four IDX files it is a data set like any other.
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesOf, classSamples, type DataSet, encodeIdx, RandomStream, type Samples } from '@shoal/core';

const SIZE = 10;
const CLASSES = 4;

export type BarsSize = { readonly train: number; readonly test: number };

function samples(count: number, firstNumber: number): Samples {
  const sampleLength = SIZE * SIZE;
  const values = new Uint8Array(count * sampleLength);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i += 1) {
    const stream = new RandomStream([99, 0, 0, 0], firstNumber + i);
    const label = stream.integer(0, CLASSES);
    const line = stream.integer(1, SIZE / 2) + (label % 2 === 0 ? 0 : SIZE / 2);
    labels[i] = label;
    for (let p = 0; p < sampleLength; p += 1) {
      const place = label < 2 ? Math.floor(p / SIZE) : p % SIZE;
      values[i * sampleLength + p] = (place === line ? 70 : 0) + stream.integer(2 + p, 180);
    }
  }
  return classSamples({ shape: [1, SIZE, SIZE], values }, labels);
}

function filesOf(size: BarsSize): {
  readonly dataSet: Omit<DataSet, 'info'>;
  readonly files: [string, Uint8Array][];
} {
  const train = samples(size.train, 0);
  const test = samples(size.test, 1_000_000);
  const images = (part: Samples) => encodeIdx([part.count, SIZE, SIZE], bytesOf(part.inputs.values));
  const labels = (part: Samples) => encodeIdx([part.count], bytesOf(part.targets.values));
  return {
    dataSet: { train, test },
    files: [
      ['train-images-idx3-ubyte', images(train)],
      ['train-labels-idx1-ubyte', labels(train)],
      ['t10k-images-idx3-ubyte', images(test)],
      ['t10k-labels-idx1-ubyte', labels(test)],
    ],
  };
}

/** The data set as a coordinator has it in memory. */
export function barsDataSet(size: BarsSize): DataSet {
  const { dataSet, files } = filesOf(size);
  const hash = createHash('sha256');
  for (const [, bytes] of files) hash.update(bytes);
  const sha256 = hash.digest('hex');
  return {
    info: { name: 'bars', source: 'idx', shape: [1, SIZE, SIZE], classes: CLASSES, sha256 },
    ...dataSet,
  };
}

/** Writes the four files into `parent`/bars. @returns that folder */
export async function writeBars(parent: string, size: BarsSize): Promise<string> {
  const folder = join(parent, 'bars');
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of filesOf(size).files) await writeFile(join(folder, name), bytes);
  return folder;
}
