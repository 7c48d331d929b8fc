import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type DataSpec, encodeIdx, sentence } from '@shoal/core';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { UserError } from '../errors.ts';
import { dataSetKey, loadDataSet } from './load.ts';

const REAL = process.env.SHOAL_DATA_DIR;
/** Nothing listens on port 1, so that a connection is refused at once. */
const NOWHERE = ['http://127.0.0.1:1'];

const table = (name: 'and' | 'or'): DataSpec => ({ source: 'table', table: name });

const asked = (source: 'mnist' | 'idx' | 'digits'): DataSpec => ({
  source,
  limit: null,
  validation: 0,
  order: 'shuffled',
  augment: { shift: 0, rotate: 0, scale: 0, elastic: { alpha: 0, sigma: 4 } },
});

test('a set is the same one whichever of its samples are chosen, and a table is its own', () => {
  const few: DataSpec = { ...asked('mnist'), limit: 5, validation: 2 } as DataSpec;
  expect(dataSetKey(few)).toBe(dataSetKey(asked('mnist')));
  const keys = [asked('mnist'), asked('digits'), table('and'), table('or')].map((data) => dataSetKey(data));
  expect(new Set(keys).size).toBe(4);
});

describe('loading a data set', () => {
  let root: string;
  let notices: string[];
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'shoal-load-'));
    notices = [];
  });
  afterEach(() => rm(root, { recursive: true }));

  const load = (data: DataSpec, dataFolder: string | null, allowDownload = false, mayStandIn = true) =>
    loadDataSet(data, {
      dataFolder,
      allowDownload,
      mayStandIn,
      onProgress: () => {},
      onNotice: (fact) => notices.push(sentence(fact, 'en')),
      projectFolder: join(root, 'project'),
      cacheFolder: join(root, 'cache'),
      environment: {},
      mirrors: NOWHERE,
      limits: { pauseMs: 0, attemptsMax: 2 },
    });

  /** A set with names other than MNIST's, 4 × 6 pixels in three channels, classes 0 … 4, two files compressed. */
  const writeSet = async (): Promise<string> => {
    const folder = join(root, 'shapes');
    await mkdir(folder);
    for (const [part, count] of [
      ['train', 5],
      ['test', 3],
    ] as const) {
      const images = encodeIdx([count, 3, 4, 6], new Uint8Array(72 * count).fill(count));
      await writeFile(join(folder, `shapes-${part}-images-idx4-ubyte.gz`), gzipSync(images));
      const labels = Uint8Array.from({ length: count }, (_, i) => i);
      await writeFile(join(folder, `shapes-${part}-labels-idx1-ubyte`), encodeIdx([count], labels));
    }
    return folder;
  };

  it('takes any folder of four IDX files, plain or compressed', async () => {
    const set = await load(asked('idx'), await writeSet());
    expect(set.info).toMatchObject({ name: 'shapes', source: 'idx', shape: [3, 4, 6], classes: 5 });
    // Python's hashlib over the four contents: train images, train labels, test images, test labels.
    expect(set.info.sha256).toBe('16b3214c8cf570b61e0e00fc344c39e44feb42097a6c10e62493233f43a05f7a');
    expect([set.train.count, set.test.count]).toEqual([5, 3]);
    expect([...set.train.targets.values]).toEqual([0, 1, 2, 3, 4]);
    expect(set.test.inputs.values[0]).toBe(3);
  });

  it('takes such a folder in place of MNIST when the user points to it, and says so', async () => {
    const folder = await writeSet();
    const set = await load(asked('mnist'), folder);
    expect(set.info).toMatchObject({ name: 'shapes', source: 'idx' });
    // So that the run finds it again by itself.
    expect(set.place).toBe(folder);
    expect(notices).toEqual([
      expect.stringMatching(
        /shapes \(--data\) holds IDX files that are not MNIST: training on them .* shapes\.$/,
      ),
    ]);
  });

  it('refuses labels in the place of images, naming the file', async () => {
    const folder = await writeSet();
    const path = join(folder, 'shapes-test-images-idx4-ubyte.gz');
    await writeFile(path, gzipSync(encodeIdx([3], new Uint8Array(3))));
    const failure = load(asked('mnist'), folder);
    await expect(failure).rejects.toThrow(
      /shapes-test-images-idx4-ubyte\.gz holds labels \(rank 1\), but images were expected\. Check/,
    );
    await expect(failure).rejects.toBeInstanceOf(UserError);
  });

  it('refuses parts of different shapes and counts', async () => {
    const folder = await writeSet();
    const path = join(folder, 'shapes-test-images-idx4-ubyte.gz');
    await writeFile(path, gzipSync(encodeIdx([3, 4, 6], new Uint8Array(72))));
    await expect(load(asked('idx'), folder)).rejects.toThrow(/has images of 3 × 4 × 6, but .* of 1 × 4 × 6/);
    await writeFile(path, gzipSync(encodeIdx([2, 3, 4, 6], new Uint8Array(144))));
    await expect(load(asked('idx'), folder)).rejects.toThrow(/holds 2 images, but .* holds 3 labels/);
  });

  it('says what to do when idx is asked for without a folder, or with an empty one', async () => {
    await expect(load(asked('idx'), null)).rejects.toThrow(/no folder was given\. Point to/);
    await expect(load(asked('idx'), root)).rejects.toThrow(/it holds no IDX files\. Point to a folder/);
  });

  it('falls back on the built-in digits without MNIST and without a network, and says so', async () => {
    const set = await load(asked('mnist'), null, true);
    expect(set.info).toMatchObject({ name: 'digits', source: 'digits' });
    expect(notices[0]).toMatch(/^MNIST was looked for in: .*data \(there is no such folder\); .*cache/);
    expect(notices.at(-1)).toMatch(
      /^MNIST was not found and could not be downloaded: going on with the built-in/,
    );
  });

  it('lets nothing stand in where the data of a run is asked for, and says where it looked', async () => {
    await expect(load(asked('mnist'), null, false, false)).rejects.toThrow(
      /^MNIST was not found and downloading is switched off; .* MNIST was looked for in: .*Point to its four files/,
    );
    await expect(load(asked('mnist'), null, true, false)).rejects.toThrow(
      /^MNIST was not found and could not be downloaded; .*train-images-idx3-ubyte could not be downloaded: http/,
    );
  });

  it('takes idx from the project’s folder when none is named', async () => {
    await mkdir(join(root, 'project'));
    await rename(await writeSet(), join(root, 'project', 'data'));
    // "data" says nothing of the set: the folder above it does.
    expect((await load(asked('idx'), null)).info).toMatchObject({ name: 'project', classes: 5 });
  });

  it('asks no mirror when downloading is switched off', async () => {
    const set = await load(asked('mnist'), null);
    expect(set.info.source).toBe('digits');
    expect(notices).toHaveLength(2);
    expect(notices[1]).toMatch(/downloading is switched off/);
  });

  it('gives truth tables and digits directly', async () => {
    expect((await load({ source: 'table', table: 'xor' }, null)).info.name).toBe('xor');
    const digits = await load(asked('digits'), null);
    expect([digits.train.count, digits.test.count]).toEqual([20_000, 4_000]);
    expect(notices).toEqual([]);
  });

  it.skipIf(REAL === undefined)('loads the real MNIST', async () => {
    const set = await load(asked('mnist'), REAL as string);
    expect(set.info).toMatchObject({ name: 'mnist', source: 'mnist', shape: [1, 28, 28], classes: 10 });
    expect([set.train.count, set.test.count]).toEqual([60_000, 10_000]);
    // The first labels of MNIST: 5, 0, 4 to train on and 7, 2, 1 to test.
    expect([...set.train.targets.values.subarray(0, 3), ...set.test.targets.values.subarray(0, 3)]).toEqual([
      5, 0, 4, 7, 2, 1,
    ]);
  });
});
