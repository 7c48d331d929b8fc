/** Data folders as people have them: each trains, or is answered with a sentence that says what is there. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type DataSet, encodeIdx, sentence } from '@shoal/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadDataSet } from './load.ts';
import { ROLES, type Role } from './roles.ts';
import { NAMES, smallSet, writeSet } from './smallSet.suite.ts';

let root: string;
let notices: string[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'shoal-folders-'));
  notices = [];
});
afterEach(() => rm(root, { recursive: true }));

const load = (folder: string, source: 'mnist' | 'idx' = 'idx'): Promise<DataSet> =>
  loadDataSet(
    {
      source,
      limit: null,
      validation: 0,
      order: 'shuffled',
      augment: { shift: 0, rotate: 0, scale: 0, elastic: { alpha: 0, sigma: 4 } },
    },
    {
      dataFolder: folder,
      allowDownload: false,
      mayStandIn: true,
      onProgress: () => {},
      onNotice: (fact) => notices.push(sentence(fact, 'en')),
      projectFolder: join(root, 'project'),
      cacheFolder: join(root, 'cache'),
      environment: {},
    },
  );

const set = smallSet();
const each = (change: (bytes: Uint8Array, role: Role) => Uint8Array): Record<Role, Uint8Array> => ({
  trainImages: change(set.trainImages, 'trainImages'),
  trainLabels: change(set.trainLabels, 'trainLabels'),
  testImages: change(set.testImages, 'testImages'),
  testLabels: change(set.testLabels, 'testLabels'),
});

const SHA256 = createHash('sha256')
  .update(set.trainImages)
  .update(set.trainLabels)
  .update(set.testImages)
  .update(set.testLabels)
  .digest('hex');

/** The very set that was written: its content, read as it was made. */
const expectSmallSet = (found: DataSet): void => {
  expect(found.info).toMatchObject({ source: 'idx', shape: [1, 4, 4], classes: 3, sha256: SHA256 });
  expect([...found.train.targets.values]).toEqual([0, 1, 2, 0, 1, 2]);
  expect([...found.test.inputs.values.subarray(0, 4)]).toEqual([0, 7, 14, 21]);
};

const trains: readonly [string, (folder: string) => Promise<unknown>][] = [
  [
    'files with .gz in their names that are not compressed',
    (at) => writeSet(at, set, (r) => `${NAMES[r]}.gz`),
  ],
  [
    'files that were compressed twice',
    (at) =>
      writeSet(
        at,
        each((bytes) => gzipSync(gzipSync(bytes))),
        (r) => `${NAMES[r]}.gz`,
      ),
  ],
  [
    'compressed files without .gz in their names',
    (at) =>
      writeSet(
        at,
        each((bytes) => gzipSync(bytes)),
      ),
  ],
  [
    'files that macOS left beside them',
    async (at) => {
      await writeSet(at, set);
      await writeSet(
        at,
        each(() => Uint8Array.of(0, 5, 22, 7)),
        (r) => `._${NAMES[r]}`,
      );
      await writeSet(at, smallSet(1), (r) => `__MACOSX/${NAMES[r]}`);
    },
  ],
  [
    'folders of the same names beside them',
    async (at) => {
      await writeSet(at, set, (r) => NAMES[r].replace('-idx', '.idx'));
      await writeSet(at, smallSet(1), (r) => `${NAMES[r]}/${NAMES[r]}`);
    },
  ],
  [
    'folders of their names instead',
    (at) => writeSet(at, set, (r) => `${NAMES[r]}/${NAMES[r].replace('-idx', '.idx')}`),
  ],
  [
    'names in capitals',
    (at) =>
      writeSet(
        at,
        each((bytes) => gzipSync(bytes)),
        (r) => `${NAMES[r].toUpperCase()}.GZ`,
      ),
  ],
  ['names that end elsewhere', (at) => writeSet(at, set, (r) => NAMES[r].replace(/-idx.*/, '.bin'))],
  ['names without an ending', (at) => writeSet(at, set, (r) => NAMES[r].replace(/-idx.*/, ''))],
  [
    'a .gz beside each plain file',
    async (at) => {
      await writeSet(at, set);
      await writeSet(
        at,
        each(() => Uint8Array.of(1)),
        (r) => `${NAMES[r]}.gz`,
      );
    },
  ],
  [
    'folders called train and test',
    (at) =>
      writeSet(at, set, (r) =>
        NAMES[r].replace(/^(train|t10k)-/, (_, part) => `${part === 'train' ? part : 'test'}/`),
      ),
  ],
  [
    'files that were downloaded a second time',
    async (at) => {
      await writeSet(
        at,
        each((bytes) => gzipSync(bytes)),
        (r) => `${NAMES[r]}.gz`,
      );
      await writeSet(
        at,
        each((bytes) => gzipSync(bytes)),
        (r) => `${NAMES[r]} (1).gz`,
      );
    },
  ],
  [
    'links to files elsewhere',
    async (at) => {
      const elsewhere = await writeSet(join(root, 'elsewhere'), set);
      await mkdir(at, { recursive: true });
      for (const role of ROLES) await symlink(join(elsewhere, NAMES[role]), join(at, NAMES[role]));
    },
  ],
];
test.each(trains)('%s train', async (_, write) => {
  const folder = join(root, 'set');
  await write(folder);
  expectSmallSet(await load(folder));
  expect(notices).toEqual([]);
});

test('a set below the named folder is taken, and it is said which', async () => {
  const folder = await writeSet(join(root, 'downloads'), set, (role) => `FashionMNIST/raw/${NAMES[role]}`);
  const found = await load(folder);
  expectSmallSet(found);
  // "raw" says nothing of the data.
  expect(found.info.name).toBe('FashionMNIST');
  expect(notices).toEqual([
    `${folder} (--data) holds no data set itself: the one in ${join('FashionMNIST', 'raw')} below it is taken.`,
  ]);
});

test('of several sets below the folder one called MNIST is meant by mnist; else the user is asked', async () => {
  const folder = join(root, 'data');
  await writeSet(folder, set, (role) => `MNIST/raw/${NAMES[role]}`);
  await writeSet(folder, smallSet(1), (role) => `FashionMNIST/raw/${NAMES[role]}`);
  expectSmallSet(await load(folder, 'mnist'));
  await expect(load(folder)).rejects.toThrow(
    /there are several data sets below it: FashionMNIST.raw, MNIST.raw\. Choose one of these folders\. Point/,
  );
});

test('a set that is not MNIST is never called mnist, whatever its folder is called', async () => {
  const folder = await writeSet(join(root, 'MNIST', 'raw'), set);
  expect((await load(folder, 'mnist')).info).toMatchObject({ name: 'MNIST-other', source: 'idx' });
});

test('colour images train with channels first, and are turned where they come last', async () => {
  const first = await load(await writeSet(join(root, 'first'), smallSet(0, [3, 8, 6])));
  expect(first.info.shape).toEqual([3, 8, 6]);
  expect(notices).toEqual([]);
  const last = await load(await writeSet(join(root, 'last'), smallSet(0, [8, 6, 3])));
  expect(last.info.shape).toEqual([3, 8, 6]);
  // Pixel (0, 1) of channel 2 is element 1 × 3 + 2 of the file: 5 × 7.
  expect(last.train.inputs.values[2 * 48 + 1]).toBe(35);
  expect(notices).toEqual([
    'The images of last are stored as 8 × 6 × 3, channels last: they were turned to channels first, 3 × 8 × 6.',
  ]);
});

test("QMNIST's files train under their own names", async () => {
  const labels = (count: number): Uint8Array => {
    const bytes = new Uint8Array(12 + 32 * count);
    const view = new DataView(bytes.buffer);
    bytes.set([0, 0, 12, 2]);
    view.setUint32(4, count);
    view.setUint32(8, 8);
    for (let i = 0; i < count; i += 1)
      [i % 3, 0, 4000 + i, 5, 7, i, 0, 0].forEach((n, j) => {
        view.setInt32(12 + 32 * i + 4 * j, n);
      });
    return bytes;
  };
  const names: Readonly<Record<Role, string>> = {
    trainImages: 'qmnist-train-images-idx3-ubyte.gz',
    trainLabels: 'qmnist-train-labels-idx2-int.gz',
    testImages: 'qmnist-test-images-idx3-ubyte.gz',
    testLabels: 'qmnist-test-labels-idx2-int.gz',
  };
  const packed = { ...set, trainLabels: labels(6), testLabels: labels(4) };
  const folder = await writeSet(
    join(root, 'qmnist'),
    each((_, role) => gzipSync(packed[role])),
    (role) => names[role],
  );
  await writeFile(join(folder, 'qmnist-train-labels.tsv.gz'), '');
  await writeFile(join(folder, 'xnist-images-idx3-ubyte.xz'), '');
  const found = await load(folder, 'mnist');
  expect(found.info).toMatchObject({ name: 'qmnist', shape: [1, 4, 4], classes: 3 });
  expect([...found.train.targets.values, ...found.test.targets.values]).toEqual([
    0, 1, 2, 0, 1, 2, 0, 1, 2, 0,
  ]);
});

const LACKS = 't10k-labels-idx1-ubyte (plain or .gz)';
const half: readonly [string, string, RegExp][] = [
  ['nothing else', '', /It has t10k-images-idx3-ubyte|It has train-images-idx3-ubyte/],
  [
    'an archive of its name',
    't10k-labels-idx1-ubyte.zip',
    /t10k-labels-idx1-ubyte\.zip looks like t10k-labels-idx1-ubyte, but is an archive: unpack it there/,
  ],
  [
    'another compression',
    't10k-labels-idx1-ubyte.xz',
    /\.xz looks like .*, but is compressed in a way that is not read: unpack it there/,
  ],
  [
    'half a download',
    't10k-labels-idx1-ubyte.gz.part',
    /\.part looks like .*, but is an unfinished download: fetch it again/,
  ],
  ['a table', 'test_labels.csv', /test_labels\.csv looks like .*, but is not in the IDX format/],
  [
    'something else under its name',
    'test-labels.dat',
    /test-labels\.dat looks like .*, but is not IDX by its content/,
  ],
  ['a name that says too little', 'labels-idx1-ubyte', /Also there: labels-idx1-ubyte/],
];
test.each(half)('a folder that lacks a file and has %s says so', async (_, name, told) => {
  const folder = await writeSet(join(root, 'set'), set);
  await rm(join(folder, NAMES.testLabels));
  if (name !== '') await writeFile(join(folder, name), 'something');
  const failure = load(folder);
  await expect(failure).rejects.toThrow(`${folder} (--data) cannot be used: it lacks ${LACKS}. It has `);
  await expect(failure).rejects.toThrow(told);
});

test('a folder without IDX files says what it has, archives first and not everything', async () => {
  const folder = join(root, 'set');
  await mkdir(join(folder, 'pictures'), { recursive: true });
  for (let i = 0; i < 9; i += 1) await writeFile(join(folder, `${i}.txt`), '');
  await writeFile(join(folder, 'archive.zip'), '');
  await expect(load(folder)).rejects.toThrow(
    `No data set in ${folder} (--data): it holds no IDX files. It has archive.zip (an archive: unpack it there), ` +
      '0.txt, 1.txt, 2.txt, 3.txt, 4.txt and 5 more. Point to',
  );
});

test('several sets in one folder are told, with what to do', async () => {
  const folder = await writeSet(join(root, 'emnist'), set, (role) => `emnist-digits-${NAMES[role]}`);
  await writeSet(folder, set, (role) => `emnist-letters-${NAMES[role]}`);
  await expect(load(folder)).rejects.toThrow(
    /two candidates for t10k-images-idx3-ubyte, emnist-digits-.* and emnist-letters-.*\. Leave one set's files there/,
  );
});

test('a file in the place of a folder is told, with what it is', async () => {
  await writeFile(join(root, 'mnist.zip'), '');
  await expect(load(join(root, 'mnist.zip'))).rejects.toThrow(
    /it is a file, not a folder, and an archive: unpack it there\. Point to/,
  );
  const folder = await writeSet(join(root, 'set'), set);
  await expect(load(join(folder, NAMES.trainImages))).rejects.toThrow(
    `it is a file, not a folder; the folder that it lies in is ${folder}. Point to`,
  );
});

test('only what cannot be parsed is damage', async () => {
  const folder = await writeSet(join(root, 'set'), set);
  const path = join(folder, NAMES.trainLabels);
  await writeFile(path, set.trainLabels.subarray(0, 12));
  await expect(load(folder)).rejects.toThrow(/train-labels-idx1-ubyte is truncated: expected 14 bytes/);
  await writeFile(path, gzipSync(set.trainLabels).subarray(0, 20));
  await expect(load(folder)).rejects.toThrow(
    /train-labels-idx1-ubyte cannot be unpacked: unexpected end of file/,
  );
  await writeFile(path, '<!DOCTYPE html>');
  await expect(load(folder)).rejects.toThrow(/train-labels-idx1-ubyte is a web page, not data\. Download/);
  await writeFile(path, encodeIdx([6], Uint8Array.of(2, 2, 2, 2, 2, 2)));
  expect([...(await load(folder)).train.targets.values]).toEqual([2, 2, 2, 2, 2, 2]);
});
