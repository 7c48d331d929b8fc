/** Pictures in folders and archives: what they become, and what is said of those that are none. */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Samples } from '@shoal/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { load, plainPng, png, writeFiles, type ZipFile, zip } from '../madeFiles.suite.ts';
import { decodePicture } from './decode.ts';
import { madePng } from './madePictures.suite.ts';

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

  test('is refused for a model of another kind, with what can be done about the model', async () => {
    await writeFiles(root, FLOWERS);
    const fitting = { input: [2, 4, 4], isFixed: true };
    await expect(load(root, undefined, fitting)).rejects.toThrow(
      'Set the first extent of model.input to 1 or 3.',
    );
    await expect(load(root, undefined, { ...fitting, isTrained: true })).rejects.toThrow(
      'The model is trained and stays as it is: point --data to data that fits it.',
    );
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
      /^3 of 41 pictures in .* cannot be read: even\/8\.png \(it is neither a PNG nor a JPEG picture\), odd\/3\.jpg \(it is empty\), odd\/31\.png \(it is cut off\)\. They are left out\.$/,
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

describe('what lies beside pictures', () => {
  test('of hidden files and of the systems is no picture', async () => {
    const beside = {
      ...{ '.DS_Store': 'x', 'rose/.DS_Store': 'x', 'rose/Thumbs.db': 'x', 'rose/desktop.ini': 'x' },
      ...{ 'rose/._1.png': 'x', '.cache/0.png': 'x', '__MACOSX/rose/._1.png': 'x', 'labels.txt': 'x' },
    };
    const { dataSet, notices } = await load(await writeFiles(root, { ...FLOWERS, ...beside }));
    expect(dataSet.train.count + dataSet.test.count).toBe(5);
    expect(notices).toHaveLength(1);
  });

  test('by links counts as what they lead to, and a link upwards never ends', async () => {
    await writeFiles(root, { 'set/rose/1.png': plainPng(4, 10), 'set/rose/2.png': plainPng(4, 11) });
    await writeFiles(root, { 'elsewhere/a.png': plainPng(4, 200), 'elsewhere/b.png': plainPng(4, 201) });
    await symlink(join(root, 'elsewhere'), join(root, 'set/tulip'));
    await symlink(join(root, 'elsewhere/a.png'), join(root, 'set/rose/3.png'));
    await symlink(join(root, 'set'), join(root, 'set/rose/again'));
    const { dataSet } = await load(join(root, 'set'));
    expect(dataSet.info.classNames).toEqual(['rose', 'tulip']);
    expect([...seen(dataSet.train), ...seen(dataSet.test)].sort()).toEqual([
      [10, 0],
      [11, 0],
      [200, 0],
      [200, 1],
      [201, 1],
    ]);
    await symlink(join(root, 'nowhere'), join(root, 'set/tulip/c.png'));
    await expect(load(join(root, 'set'))).rejects.toThrow(/1 of 6 pictures .* tulip\/c\.png \(ENOENT/);
  });
});

test('classes may have names in any writing, which an archive of Windows tells in its own', async () => {
  const of = (one: string, other: string) => ({
    [`train/${one}/1.png`]: plainPng(4, 1),
    [`train/${other}/2.png`]: plainPng(4, 2),
    [`test/${one.normalize('NFD')}/3.png`]: plainPng(4, 3),
    [`test/${other}/4.png`]: plainPng(4, 4),
  });
  const { dataSet } = await load(await writeFiles(join(root, 'folder'), of('玫瑰', 'Érable')));
  expect(dataSet.info.classNames).toEqual(['Érable', '玫瑰']);
  expect([...dataSet.test.targets.values]).toEqual([0, 1]);

  const packed = async (name: (text: string) => Buffer, flags: number): Promise<readonly string[]> => {
    const files = ['玫瑰/1.png', '玫瑰/2.png', '百合\\3.png', '百合\\4.png'];
    const path = join(root, 'packed.zip');
    await writeFile(
      path,
      zip(files.map((file, i) => ({ name: name(file), content: plainPng(4, i), flags }))),
    );
    return (await load(path)).dataSet.info.classNames ?? [];
  };
  const GBK: Record<string, number[]> = {
    玫: [0xc3, 0xb5],
    瑰: [0xb9, 0xe5],
    百: [0xb0, 0xd9],
    合: [0xba, 0xcf],
  };
  const gbk = (text: string) => Buffer.from([...text].flatMap((one) => GBK[one] ?? [one.charCodeAt(0)]));
  expect(await packed(gbk, 0)).toEqual(['玫瑰', '百合']);
  expect(await packed((text) => Buffer.from(text), 0)).toEqual(['玫瑰', '百合']);
  expect(await packed((text) => Buffer.from(text), 0x800)).toEqual(['玫瑰', '百合']);
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

  test('an archive with a picture of more bytes than one has, before it is unpacked', async () => {
    const files = Object.entries(FLOWERS).map(([name, one]) => ({ name, content: one }));
    const giant = { name: 'rose/1.png', content: plainPng(4, 1), bytes: 3_000_000_000 };
    expect(await archive([...files.slice(1), giant])).toMatch(
      /rose\/1\.png \(it has 3000000000 bytes, more than a picture to train on has\)/,
    );
  });

  test('a picture that unpacks to a giant', () => {
    // 4 × 4 pixels, and 200 MB of zeros.
    const bomb = madePng({ depth: 8, kind: 0, rows: Buffer.alloc(200_000_000) });
    expect(() => decodePicture(bomb, [1, 4, 4], new Uint8Array(16), 0)).toThrow(
      'its rows unpack to more than its size says',
    );
    const profile = Buffer.concat([Buffer.from('p\0\0', 'latin1'), deflateSync(Buffer.alloc(100_000_000))]);
    const other = madePng({ depth: 8, kind: 0, rows: Buffer.alloc(20), before: [['iCCP', profile]] });
    expect(() => decodePicture(other, [1, 4, 4], new Uint8Array(16), 0)).toThrow(
      'its colour profile unpacks to more',
    );
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
