import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { encodeIdx } from '@shoal/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KnownSums, MNIST_FILES, searchMnist } from './mnist.ts';
import { userCacheFolder } from './places.ts';
import { ROLES } from './roles.ts';
import { NAMES, smallSet, writeSet } from './smallSet.suite.ts';

const REAL = process.env.SHOAL_DATA_DIR;

/** A small set that stands for MNIST: what is searched for is known by sums alone. */
const STANDARD = smallSet(0);
const sum = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const SUMS = Object.fromEntries(ROLES.map((role) => [role, sum(STANDARD[role])])) as KnownSums;

const REAL_SUMS = Object.fromEntries(ROLES.map((role) => [role, MNIST_FILES[role].sha256])) as KnownSums;

describe('the search for MNIST', () => {
  let root: string;
  const at = (...parts: string[]): string => join(root, ...parts);
  const search = (dataFolder: string | null, environment: Record<string, string> = {}, sums = SUMS) =>
    searchMnist({ dataFolder, environment, projectFolder: at('project'), cacheFolder: at('cache') }, sums);
  const setOf = async (found: ReturnType<typeof search>) => {
    const result = await found;
    if (!result.found) throw new Error('Nothing was found.');
    return result.set;
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'shoal-search-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('lists every place that it looked at, in order', async () => {
    const result = await search(null, { SHOAL_DATA_DIR: at('named') });
    expect(result.found).toBe(false);
    expect(result.lookedAt.map(({ folder }) => folder)).toEqual([
      at('named'),
      at('project', 'data'),
      at('cache'),
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
    await writeSet(at('half'), smallSet(1));
    await rm(at('half', NAMES.testLabels));
    await expect(search(null, { SHOAL_DATA_DIR: at('half') })).rejects.toThrow(
      /half \(SHOAL_DATA_DIR\) cannot be used: it lacks t10k-labels-idx1-ubyte \(plain or \.gz\)/,
    );
  });

  it('finds MNIST by its sums, wherever it lies', async () => {
    for (const [folder, data] of [
      ['named', at('named')],
      ['project/data/mnist', null],
      ['cache', null],
    ] as const) {
      await writeSet(at(folder), STANDARD);
      const set = await setOf(search(data));
      expect(set).toMatchObject({ kinship: 'mnist', folder: at(folder) });
      expect(set.notices.filter((one) => !one.includes('below it is taken'))).toEqual([]);
      expect(set.dataSet.info).toMatchObject({ name: 'mnist', source: 'mnist' });
      await rm(at(folder), { recursive: true });
    }
  });

  it('takes another IDX set from a folder that the user named, and passes it over elsewhere', async () => {
    await writeSet(at('fashion'), smallSet(1));
    const set = await setOf(search(at('fashion')));
    expect(set).toMatchObject({ kinship: 'other', notices: [expect.stringMatching(/that are not MNIST/)] });
    await writeSet(at('project', 'data'), smallSet(1));
    const passed = await search(null);
    expect(passed.found).toBe(false);
    expect(passed.lookedAt[0]).toMatchObject({ passedOver: true, outcome: expect.stringMatching(/SHA-256/) });
  });

  it('takes MNIST with some files changed as it is given, as a set of its own', async () => {
    const noisy = encodeIdx([6], Uint8Array.of(2, 2, 2, 2, 2, 2));
    await writeSet(at('noisy'), { ...STANDARD, trainLabels: noisy });
    const set = await setOf(search(at('noisy')));
    expect(set.notices).toEqual([
      `${at('noisy')} (--data) resembles MNIST with another labels file (train-labels-idx1-ubyte): ` +
        'it is taken as given, as the data set noisy.',
    ]);
    const hash = createHash('sha256').update(STANDARD.trainImages).update(noisy);
    hash.update(STANDARD.testImages).update(STANDARD.testLabels);
    expect(set.dataSet.info).toMatchObject({ name: 'noisy', source: 'idx', sha256: hash.digest('hex') });
    expect([...set.dataSet.train.targets.values]).toEqual([2, 2, 2, 2, 2, 2]);

    const { trainImages, testImages } = smallSet(1);
    await writeSet(at('mnist'), { ...STANDARD, trainImages, testImages });
    const images = await setOf(search(at('mnist')));
    expect(images.notices[0]).toMatch(
      /with other images files \(train-images-idx3-ubyte and t10k-images-idx3-ubyte\)/,
    );
    expect(images.dataSet.info.name).toBe('mnist-altered');
  });

  it("takes such a set from the project's folder too, but not from the cache", async () => {
    const { trainLabels } = smallSet(1);
    await writeSet(at('cache'), { ...STANDARD, trainLabels });
    expect((await search(null)).found).toBe(false);
    await writeSet(at('project', 'data'), { ...STANDARD, trainLabels });
    expect(await setOf(search(null))).toMatchObject({ kinship: 'altered', place: { kind: 'project' } });
  });

  it('lets a cache below the named folder be the cache, half a download in it included', async () => {
    // As in the images, where one volume holds both.
    const options = {
      dataFolder: null,
      environment: { SHOAL_DATA_DIR: at('data') },
      projectFolder: at('project'),
      cacheFolder: at('data', 'shoal'),
    };
    await writeSet(options.cacheFolder, STANDARD);
    expect(await searchMnist(options, SUMS)).toMatchObject({
      found: true,
      set: { place: { kind: 'cache' }, notices: [] },
    });
    await rm(join(options.cacheFolder, NAMES.testLabels));
    const half = await searchMnist(options, SUMS);
    expect(half.found).toBe(false);
    expect(half.lookedAt.at(-1)?.outcome).toMatch(/^it lacks t10k-labels/);
  });

  it('passes over what cannot be parsed where the user did not point, and names it', async () => {
    await writeSet(at('cache'), STANDARD);
    const cut = STANDARD.trainLabels.subarray(0, 12);
    await writeSet(at('project', 'data'), { ...STANDARD, trainLabels: cut });
    const result = await search(null);
    expect(result).toMatchObject({ found: true, set: { place: { kind: 'cache' } } });
    expect(result.lookedAt[0]).toMatchObject({
      passedOver: true,
      outcome: expect.stringMatching(/truncated/),
    });
    await expect(search(at('project', 'data'))).rejects.toThrow(/train-labels-idx1-ubyte is truncated/);
  });

  it.skipIf(REAL === undefined)('finds the real files, and takes one with a label changed', async () => {
    const real = (name: string): string => join(REAL as string, `${name}.gz`);
    const { set, lookedAt } = (await search(REAL as string, {}, REAL_SUMS)) as Extract<
      Awaited<ReturnType<typeof search>>,
      { found: true }
    >;
    expect(set.kinship).toBe('mnist');
    expect(lookedAt.at(-1)?.outcome).toBe('MNIST found');
    await mkdir(at('altered'));
    for (const { name } of Object.values(MNIST_FILES)) {
      await writeFile(at('altered', `${name}.gz`), await readFile(real(name)));
    }
    const content = gunzipSync(await readFile(real(NAMES.testLabels)));
    content[100] = 9 - (content[100] as number);
    await writeFile(at('altered', `${NAMES.testLabels}.gz`), gzipSync(content));
    const altered = await setOf(search(at('altered'), {}, REAL_SUMS));
    expect(altered.kinship).toBe('altered');
    expect(altered.dataSet.info).toMatchObject({ name: 'altered', source: 'idx', shape: [1, 28, 28] });
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
