/** Pictures in folders and archives: what they become, and what is said of those that are none. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Samples } from '@shoal/core';
import jpeg from 'jpeg-js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { load, plainPng, png, writeFiles, type ZipFile, zip } from '../madeFiles.suite.ts';
import { decodePicture } from './decode.ts';
import { decodePictures } from './pictureThreads.ts';
import { scalePlane } from './scale.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'shoal-pictures-'));
});
afterEach(() => rm(root, { recursive: true }));

const FLOWERS = {
  'rose/1.png': plainPng(4, 10),
  'rose/2.png': plainPng(4, 11),
  'rose/3.png': plainPng(4, 12),
  'tulip/a.png': plainPng(4, 200),
  'tulip/b.png': plainPng(4, 201),
};

/** The first pixel of each sample, with its class. */
const seen = ({ inputs, targets, count }: Samples): [number, number][] =>
  Array.from({ length: count }, (_, i) => [
    inputs.values[(i * inputs.values.length) / count],
    targets.values[i],
  ]);

describe('a folder for each class', () => {
  test('without parts has a fifth of each class set apart, and says what it was taken for', async () => {
    const { dataSet, notices } = await load(await writeFiles(root, FLOWERS));
    expect(dataSet.info).toMatchObject({
      ...{ source: 'pictures', shape: [1, 4, 4], classes: 2 },
      classNames: ['rose', 'tulip'],
    });
    expect([dataSet.train.count, dataSet.test.count]).toEqual([3, 2]);
    expect([...seen(dataSet.train), ...seen(dataSet.test)].sort()).toEqual([
      [10, 0],
      [11, 0],
      [12, 0],
      [200, 1],
      [201, 1],
    ]);
    expect(notices).toEqual([
      `${root} is taken as pictures in a folder for each class (data.source pictures): 3 samples of [1, 4, 4] to train on, 2 to test with, 2 classes.`,
    ]);
  });

  test('with train, val and test above is taken as it is divided', async () => {
    const parts = Object.fromEntries(
      ['train', 'val', 'test'].flatMap((part, i) =>
        Object.entries(FLOWERS).map(([name]) => [`data/${part}/${name}`, plainPng(4, i)]),
      ),
    );
    const { dataSet } = await load(await writeFiles(root, parts));
    for (const [i, part] of [dataSet.train, dataSet.validation!, dataSet.test].entries()) {
      expect(part.count).toBe(5);
      expect(part.inputs.values.every((value) => value === i)).toBe(true);
      expect([...part.targets.values]).toEqual([0, 0, 0, 1, 1]);
    }
  });

  test('orders classes that are numbers as numbers', async () => {
    const files = Object.fromEntries(
      [0, 1, 2, 10].flatMap((name) => [1, 2].map((i) => [`${name}/${i}.png`, plainPng(4, name + 1)])),
    );
    const { dataSet } = await load(await writeFiles(root, files));
    expect(dataSet.info.classNames).toEqual(['0', '1', '2', '10']);
    for (const [pixel, label] of seen(dataSet.train)) expect(pixel).toBe([1, 2, 3, 11][label as number]);
  });

  test('has the same samples, the same hash and another name in an archive', async () => {
    const folder = await load(await writeFiles(join(root, 'flowers'), FLOWERS));
    const files: ZipFile[] = Object.entries(FLOWERS).map(([name, content], i) => ({
      ...{ name: `flowers/${name}`, content, method: i % 2 === 0 ? 8 : 0 },
    }));
    const path = join(root, 'packed.zip');
    await writeFile(path, zip([...files, { name: '__MACOSX/flowers/._1.png', content: Buffer.of(1) }]));
    const archive = await load(path);
    expect(archive.dataSet.info).toEqual({ ...folder.dataSet.info, name: 'packed' });
  });

  test('is in colour where a picture is, and grey for a model that takes grey', async () => {
    const files = { ...FLOWERS, 'rose/2.png': png(4, 4, 3, (i) => [255, 0, 128][i % 3]!) };
    const { dataSet } = await load(await writeFiles(root, files));
    expect(dataSet.info.shape).toEqual([3, 4, 4]);
    const colour = [...dataSet.train.inputs.values, ...dataSet.test.inputs.values];
    expect(colour.filter((value) => value === 128)).toHaveLength(16);
    const grey = await load(root, undefined, { input: [1, 4, 4], isFixed: true });
    // 0.299 · 255 + 0.114 · 128
    const values = [...grey.dataSet.train.inputs.values, ...grey.dataSet.test.inputs.values];
    expect(values.filter((value) => value === 91)).toHaveLength(16);
  });

  test('is scaled to the input of a written model, and of a preset where sizes differ', async () => {
    await writeFiles(root, FLOWERS);
    const written = await load(root, undefined, { input: [3, 8, 6], isFixed: true });
    expect(written.dataSet.info.shape).toEqual([3, 8, 6]);
    expect(written.notices[0]).toBe('Pictures of 4 × 4 are scaled to 6 × 8 (width × height).');
    await writeFiles(root, { 'rose/4.png': plainPng(9, 13) });
    const { dataSet, notices } = await load(root);
    expect(dataSet.info.shape).toEqual([1, 28, 28]);
    expect(notices[0]).toContain('scaled to 28 × 28');
    // An even picture stays even.
    for (const [pixel, label] of seen(dataSet.train))
      expect(label === 0 ? pixel! < 20 : pixel! > 190).toBe(true);
  });

  test('names and counts broken pictures, and leaves them out', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`${i % 2 ? 'odd' : 'even'}/${i}.png`, plainPng(4, i)]),
    );
    await writeFiles(root, {
      ...many,
      'odd/31.png': plainPng(4, 31).slice(0, 30),
      'even/8.png': 'text',
      'odd/3.jpg': '',
    });
    const { dataSet, notices } = await load(root);
    expect(dataSet.train.count + dataSet.test.count).toBe(38);
    expect(notices[0]).toMatch(
      /^3 of 41 pictures in .* cannot be read: even\/8\.png \(it is neither a PNG nor a JPEG picture\), odd\/3\.jpg \(it is empty\), odd\/31\.png \(it is damaged \(.*\)\)\. They are left out\.$/,
    );
    const all = [...seen(dataSet.train), ...seen(dataSet.test)];
    for (const [pixel, label] of all) expect(pixel! % 2).toBe(label);
    expect(new Set(all.map(([pixel]) => pixel)).size).toBe(38);
  });

  test('tells pictures of kinds that are not read', async () => {
    const { notices } = await load(
      await writeFiles(root, { ...FLOWERS, 'rose/5.webp': 'x', 'rose/6.gif': 'x' }),
    );
    expect(notices[0]).toMatch(
      /^2 pictures of .* of other kinds than PNG and JPEG are left out: rose\/5\.webp, rose\/6\.gif\.$/,
    );
  });
});

describe('is refused with a sentence', () => {
  const refusal = async (files: Record<string, Uint8Array | string>): Promise<string> =>
    load(await writeFiles(root, files), { source: 'pictures' }).then(
      () => '',
      (error: Error) => error.message,
    );

  test.each([
    [
      'one class',
      { 'rose/1.png': plainPng(4, 1), 'rose/2.png': plainPng(4, 1) },
      /samples of one class only \(rose\)/,
    ],
    ['a class of one', { ...FLOWERS, 'lily/1.png': plainPng(4, 1) }, /one sample only of the class lily/],
    [
      'loose pictures',
      { ...FLOWERS, 'logo.png': plainPng(4, 1) },
      /lie in no folder of a class, such as logo\.png/,
    ],
    [
      'mostly broken',
      { ...FLOWERS, 'rose/4.png': 'x', 'rose/5.png': 'y' },
      /^2 of 7 pictures .* Copy or convert them again/,
    ],
    [
      'a class in the test alone',
      {
        ...Object.fromEntries(Object.entries(FLOWERS).map(([n, c]) => [`train/${n}`, c])),
        'test/lily/1.png': plainPng(4, 1),
      },
      /pictures of the class lily to test with, such as test\/lily\/1\.png, but none to train on/,
    ],
    ['no pictures', { 'rose/1.txt': 'x' }, /nothing of the kind lies in/],
  ])('%s', async (_, files, message) => {
    expect(await refusal(files)).toMatch(message);
  });

  const archive = async (files: readonly ZipFile[]): Promise<string> => {
    const path = join(root, 'evil.zip');
    await writeFile(path, zip(files));
    return load(path).then(
      () => '',
      (error: Error) => error.message,
    );
  };
  const content = plainPng(4, 1);

  test.each([
    [
      'a name that climbs out',
      [{ name: '../../rose/1.png', content }],
      /"\.\.\/\.\.\/rose\/1\.png" would lie outside/,
    ],
    ['an absolute name', [{ name: '/etc/1.png', content }], /would lie outside/],
    ['a password', [{ name: 'a/1.png', content, flags: 1 }], /is encrypted/],
    ['another method', [{ name: 'a/1.png', content, method: 93 }], /method 93/],
    [
      'neither pictures nor arrays',
      [{ name: 'a/1.txt', content }],
      /holds neither pictures nor arrays, but a\/1\.txt/,
    ],
  ])('an archive with %s', async (_, files, message) => {
    expect(await archive(files)).toMatch(message);
  });

  test('an archive that unpacks to more than it says, or to something else', async () => {
    const files = Object.entries(FLOWERS).map(([name, one]) => ({ name, content: one }));
    const giant = { name: 'rose/1.png', content: Buffer.alloc(50_000_000) };
    expect(await archive([...files.slice(1), { ...giant, bytes: 100 }])).toMatch(
      /1 of 5 pictures .* cannot be unpacked/,
    );
    expect(await archive([...files.slice(1), { ...files[0]!, crc: 1 }])).toMatch(/its checksum is another/);
  });

  test('an archive that is cut off', async () => {
    const path = join(root, 'half.zip');
    const whole = zip(Object.entries(FLOWERS).map(([name, one]) => ({ name, content: one })));
    await writeFile(path, whole.subarray(0, whole.length - 40));
    await expect(load(path)).rejects.toThrow('the directory at the end of the archive is missing');
  });

  test('a picture that claims to be a giant', () => {
    const claims = Buffer.from(plainPng(4, 1));
    claims.writeUInt32BE(60_000, 16);
    claims.writeUInt32BE(60_000, 20);
    expect(() => decodePicture(claims, [1, 4, 4], new Uint8Array(16), 0)).toThrow(
      'claims 60000 × 60000 pixels',
    );
  });
});

describe('a picture', () => {
  const decoded = (bytes: Uint8Array, shape: readonly [number, number, number]): number[] => {
    const out = new Uint8Array(shape[0] * shape[1] * shape[2]);
    decodePicture(bytes, shape, out, 0);
    return [...out];
  };

  test('of grey, grey with opacity, colour and colour with opacity gives its planes', () => {
    expect(
      decoded(
        png(2, 1, 1, (i) => 10 + i),
        [1, 1, 2],
      ),
    ).toEqual([10, 11]);
    expect(
      decoded(
        png(2, 1, 2, (i) => 10 + i),
        [1, 1, 2],
      ),
    ).toEqual([10, 12]);
    expect(
      decoded(
        png(2, 1, 3, (i) => 10 + i),
        [3, 1, 2],
      ),
    ).toEqual([10, 13, 11, 14, 12, 15]);
    expect(
      decoded(
        png(2, 1, 4, (i) => 10 + i),
        [3, 1, 2],
      ),
    ).toEqual([10, 14, 11, 15, 12, 16]);
    expect(
      decoded(
        png(2, 1, 1, (i) => 10 + i),
        [3, 1, 2],
      ),
    ).toEqual([10, 11, 10, 11, 10, 11]);
  });

  test('of a JPEG file has its colours, nearly', () => {
    const pixels = Buffer.alloc(16 * 16 * 4, 255);
    for (let i = 0; i < 256; i += 1) pixels.set([200, 100, 50], i * 4);
    const planes = decoded(jpeg.encode({ width: 16, height: 16, data: pixels }, 95).data, [3, 16, 16]);
    expect(Math.abs(planes[0]! - 200)).toBeLessThan(4);
    expect(Math.abs(planes[256]! - 100)).toBeLessThan(4);
    expect(Math.abs(planes[512]! - 50)).toBeLessThan(4);
  });

  test('is made smaller by means, and larger by what lies between', () => {
    const scaled = (source: number[], from: [number, number], to: [number, number]): number[] => {
      const out = new Uint8Array(to[0] * to[1]);
      scalePlane(Uint8Array.from(source), from, out, 0, to);
      return [...out];
    };
    // Triangles of radius 2 around 0.5 and 2.5: weights 1/4 · (1.5, 1.5, 0.5) / 3.5 · 4 …
    expect(scaled([0, 0, 70, 70], [1, 4], [1, 2])).toEqual([10, 60]);
    expect(scaled([0, 100], [1, 2], [1, 4])).toEqual([0, 25, 75, 100]);
    expect(scaled([7, 7, 7, 7, 7, 7, 7, 7, 7], [3, 3], [5, 7])).toEqual(Array(35).fill(7));
  });
});

test('threads decode to the same bytes in the same places as one does', async () => {
  const names = Array.from({ length: 700 }, (_, i) => `${i}.png`);
  await writeFiles(
    root,
    Object.fromEntries(names.map((name, i) => [name, i === 300 ? 'broken' : plainPng(4, i % 256)])),
  );
  const results: { readonly broken: unknown; readonly pixels: readonly number[] }[] = [];
  for (const threads of [1, 3]) {
    const pixels = new Uint8Array(new SharedArrayBuffer(700 * 16));
    const task = { place: root, isArchive: false, shape: [1, 4, 4], pixels } as const;
    const pictures = names.map((name) => ({ name, label: 0, entry: null }));
    let last = 0;
    const broken = await decodePictures({ task, pictures, threads, onProgress: (done) => (last = done) });
    expect(last).toBe(700);
    results.push({ broken, pixels: [...pixels] });
  }
  expect(results[1]).toEqual(results[0]);
  expect(results[0]?.broken).toEqual([{ row: 300, reason: 'it is neither a PNG nor a JPEG picture' }]);
});
