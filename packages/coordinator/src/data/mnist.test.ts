import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeIdx } from '@shoal/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findIdxFiles, readUnpacked, roleOf } from './idxFolder.ts';
import { MNIST_FILES, searchMnist } from './mnist.ts';
import { userCacheFolder } from './places.ts';

const REAL = process.env.SHOAL_DATA_DIR;

describe('the search for MNIST', () => {
  let root: string;
  const at = (...parts: string[]): string => join(root, ...parts);
  const search = (dataFolder: string | null, environment: Record<string, string> = {}) =>
    searchMnist({ dataFolder, environment, projectFolder: at('project'), cacheFolder: at('cache') });

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'shoal-search-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  /** Four small files that are valid but not MNIST. */
  const writeSet = async (folder: string): Promise<void> => {
    await mkdir(folder, { recursive: true });
    for (const [name, count] of [
      ['train', 5],
      ['t10k', 3],
    ] as const) {
      const images = encodeIdx([count, 4, 4], new Uint8Array(16 * count));
      await writeFile(join(folder, `${name}-images-idx3-ubyte`), images);
      await writeFile(
        join(folder, `${name}-labels-idx1-ubyte.gz`),
        gzipSync(encodeIdx([count], new Uint8Array(count))),
      );
    }
  };

  it('lists every place that it looked at, in order', async () => {
    const result = await search(null, { SHOAL_DATA_DIR: at('named') });
    expect(result.found).toBe(false);
    expect(result.lookedAt.map(({ folder }) => folder)).toEqual([
      at('named'),
      at('named', 'mnist'),
      at('project', 'data'),
      at('project', 'data', 'mnist'),
      at('cache'),
      at('cache', 'mnist'),
    ]);
    for (const { outcome } of result.lookedAt) expect(outcome).toBe('there is no such folder');
  });

  it('refuses a folder of --data that is absent or empty', async () => {
    await mkdir(at('empty'));
    await expect(search(at('absent'))).rejects.toThrow(
      /absent \(--data\): there is no such folder\. Point to/,
    );
    await expect(search(at('empty'))).rejects.toThrow(/empty \(--data\): it holds no IDX files\. Point to/);
  });

  it('refuses half a set in a folder that the user named, naming what is missing', async () => {
    await writeSet(at('half'));
    await rm(at('half', 't10k-labels-idx1-ubyte.gz'));
    await expect(search(null, { SHOAL_DATA_DIR: at('half') })).rejects.toThrow(
      /half \(SHOAL_DATA_DIR\) cannot be used: it lacks t10k-labels-idx1-ubyte \(plain or \.gz\)/,
    );
  });

  it('takes another IDX set from a folder that the user named, and passes it over elsewhere', async () => {
    await writeSet(at('fashion'));
    expect(await search(at('fashion'))).toMatchObject({ found: true, isMnist: false });
    await writeSet(at('project', 'data'));
    const passed = await search(null);
    expect(passed.found).toBe(false);
    expect(passed.lookedAt[0]?.outcome).toMatch(/train-images-idx3-ubyte and .* differs from MNIST's/);
  });

  it('refuses a corrupt .gz, naming the file', async () => {
    await writeSet(at('set'));
    const path = at('set', 'train-labels-idx1-ubyte.gz');
    const packed = await readFile(path);
    await writeFile(path, packed.subarray(0, packed.length - 6));
    await expect(search(at('set'))).rejects.toThrow(
      /train-labels-idx1-ubyte\.gz cannot be unpacked: unexpected end of file\. Download or copy it again/,
    );
    await writeFile(path, 'plain text');
    await expect(readUnpacked(path)).rejects.toThrow(/is no gzip file although its name ends in \.gz/);
  });

  it.skipIf(REAL === undefined)(
    'finds the real files by their sums, and an altered one among them',
    async () => {
      const { found, lookedAt } = await search(REAL as string);
      expect(found).toBe(true);
      expect(lookedAt.at(-1)?.outcome).toBe('MNIST found');
      await mkdir(at('altered'));
      for (const { name } of Object.values(MNIST_FILES)) {
        await writeFile(at('altered', `${name}.gz`), await readFile(join(REAL as string, `${name}.gz`)));
      }
      const path = at('altered', 't10k-labels-idx1-ubyte.gz');
      const content = await readUnpacked(path);
      content[100] = 9 - (content[100] as number);
      await writeFile(path, gzipSync(content));
      await expect(search(at('altered'))).rejects.toThrow(
        /t10k-labels-idx1-ubyte\.gz is damaged or mislabelled/,
      );
    },
  );
});

describe('file names', () => {
  it.each([
    ['train-images-idx3-ubyte', 'trainImages'],
    ['t10k-labels-idx1-ubyte.gz', 'testLabels'],
    ['emnist-balanced-test-images-idx3-ubyte.gz', 'testImages'],
    ['train-labels.idx1-ubyte', 'trainLabels'],
    ['qmnist-train-images-idx4-ubyte', 'trainImages'],
    ['train-images-idx3-ubyte.gz.part', null],
    ['notes.txt', null],
    ['images-idx3-ubyte', null],
  ])('%s plays the part %s', (name, role) => {
    expect(roleOf(name)).toBe(role);
  });

  it('that claim the same part are refused, a plain file beside its .gz is preferred', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shoal-names-'));
    for (const name of Object.values(MNIST_FILES).map(({ name }) => name)) {
      await writeFile(join(folder, name), '');
      await writeFile(join(folder, `${name}.gz`), '');
    }
    const finding = await findIdxFiles(folder);
    expect(finding.state === 'found' && finding.paths.trainImages).toBe(
      join(folder, 'train-images-idx3-ubyte'),
    );
    await writeFile(join(folder, 'emnist-train-images-idx3-ubyte'), '');
    expect(await findIdxFiles(folder)).toEqual({
      state: 'unclear',
      reason:
        'it holds two candidates for train-images-idx3-ubyte, emnist-train-images-idx3-ubyte and train-images-idx3-ubyte',
    });
    await rm(folder, { recursive: true });
  });
});

describe('the cache folder', () => {
  it('follows the custom of the platform', () => {
    const home = join('/', 'home', 'a');
    expect(userCacheFolder({}, 'linux', home)).toBe(join(home, '.cache', 'shoal'));
    expect(userCacheFolder({ XDG_CACHE_HOME: join('/', 'c') }, 'linux', home)).toBe(join('/', 'c', 'shoal'));
    expect(userCacheFolder({ XDG_CACHE_HOME: 'relative' }, 'linux', home)).toBe(
      join(home, '.cache', 'shoal'),
    );
    expect(userCacheFolder({}, 'darwin', home)).toBe(join(home, 'Library', 'Caches', 'shoal'));
    expect(userCacheFolder({ LOCALAPPDATA: join('/', 'local') }, 'win32', home)).toBe(
      join('/', 'local', 'shoal', 'Cache'),
    );
  });
});
