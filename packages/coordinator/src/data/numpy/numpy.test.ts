/** Arrays as people store them: names, types, shapes; and what is wrong with some. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bytesOfFloats, load, npy, writeFiles, zip } from '../madeFiles.suite.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'shoal-numpy-'));
});
afterEach(() => rm(root, { recursive: true }));

const images = (count: number, size: number[], first = 0): Buffer =>
  npy(
    '|u1',
    [count, ...size],
    Uint8Array.from({ length: count * size.reduce((a, b) => a * b, 1) }, (_, i) => (first + i) % 251),
  );
const labels = (count: number, descr = '|u1'): Buffer =>
  npy(
    descr,
    [count],
    descr === '<i8'
      ? new Uint8Array(BigInt64Array.from({ length: count }, (_, i) => BigInt(i % 3)).buffer)
      : Uint8Array.from({ length: count }, (_, i) => i % 3),
  );

const archive = (arrays: Record<string, Buffer>): Buffer =>
  zip(
    Object.entries(arrays).map(([name, content], i) => ({
      name: `${name}.npy`,
      content,
      method: i % 2 === 0 ? 8 : 0,
    })),
  );

const doubles = (values: readonly number[], isLittle: boolean): Uint8Array => {
  const view = new DataView(new ArrayBuffer(8 * values.length));
  for (const [i, value] of values.entries()) view.setFloat64(8 * i, value, isLittle);
  return new Uint8Array(view.buffer);
};

const loadArrays = async (arrays: Record<string, Buffer>, fitting = {}) => {
  await writeFiles(root, { 'set.npz': archive(arrays) });
  return load(join(root, 'set.npz'), undefined, fitting);
};

describe('arrays', () => {
  const expectSet = ({ dataSet }: Awaited<ReturnType<typeof load>>): void => {
    expect(dataSet.info).toMatchObject({ source: 'numpy', shape: [1, 2, 3], classes: 3 });
    expect([...dataSet.train.inputs.values.subarray(0, 8)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...dataSet.train.targets.values]).toEqual([0, 1, 2, 0, 1, 2]);
    expect([...dataSet.test.inputs.values.subarray(0, 2)]).toEqual([100, 101]);
    expect(dataSet.test.count).toBe(3);
  };

  test.each([
    [
      {
        x_train: images(6, [2, 3]),
        y_train: labels(6),
        x_test: images(3, [2, 3], 100),
        y_test: labels(3, '<i8'),
      },
    ],
    [{ X_train: images(6, [2, 3]), Y_train: labels(6), X_test: images(3, [2, 3], 100), Y_test: labels(3) }],
    [
      {
        train_images: images(6, [2, 3]),
        train_labels: labels(6),
        test_images: images(3, [2, 3], 100),
        test_labels: labels(3),
      },
    ],
    [{ xTrain: images(6, [2, 3]), yTrain: labels(6), xTest: images(3, [2, 3], 100), yTest: labels(3) }],
  ])('of one archive play their parts by name: %#', async (arrays) => {
    expectSet(await loadArrays(arrays));
  });

  test('of MedMNIST have their own validation set, and labels of one column', async () => {
    const { dataSet } = await loadArrays({
      ...{
        train_images: images(6, [8, 8, 3]),
        train_labels: npy('|u1', [6, 1], Uint8Array.of(0, 1, 2, 0, 1, 2)),
      },
      ...{ val_images: images(3, [8, 8, 3]), val_labels: npy('|u1', [3, 1], Uint8Array.of(0, 1, 2)) },
      ...{ test_images: images(3, [8, 8, 3]), test_labels: npy('|u1', [3, 1], Uint8Array.of(0, 1, 2)) },
    });
    expect(dataSet.info.shape).toEqual([3, 8, 8]);
    expect(dataSet.validation?.count).toBe(3);
    // Red of the first pixels, which lie three bytes apart in the file.
    expect([...dataSet.train.inputs.values.subarray(0, 3)]).toEqual([0, 3, 6]);
    expect([...dataSet.train.inputs.values.subarray(64, 66)]).toEqual([1, 4]);
  });

  test('of KMNIST lie in four archives without names', async () => {
    await writeFiles(root, {
      'kmnist-train-imgs.npz': archive({ arr_0: images(6, [2, 3]) }),
      'kmnist-train-labels.npz': archive({ arr_0: labels(6) }),
      'kmnist-test-imgs.npz': archive({ arr_0: images(3, [2, 3], 100) }),
      'kmnist-test-labels.npz': archive({ arr_0: labels(3) }),
    });
    expectSet(await load(root));
    expectSet(await load(join(root, 'kmnist-train-imgs.npz')));
  });

  test('in files of their own are found beside the one that is named', async () => {
    await writeFiles(root, {
      ...{ 'x_train.npy': images(6, [2, 3]), 'y_train.npy': labels(6) },
      ...{ 'x_test.npy': images(3, [2, 3], 100), 'y_test.npy': labels(3) },
    });
    expectSet(await load(root));
    expectSet(await load(join(root, 'x_train.npy')));
  });

  test('of other integers are bytes where they fit, and floats stay floats', async () => {
    const wide = npy('>i2', [4, 2], Uint8Array.of(0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 255));
    const { dataSet } = await loadArrays({ x: wide, y: npy('|u1', [4], Uint8Array.of(0, 1, 0, 1)) });
    expect([...dataSet.train.inputs.values, ...dataSet.test.inputs.values].sort((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 255,
    ]);
    expect(dataSet.train.inputs.values).toBeInstanceOf(Uint8Array);
    const floats = await loadArrays({
      x: npy('<f4', [4, 2], bytesOfFloats([0.5, -1, 2, 3, 4, 5, 6, 7])),
      y: npy('<f8', [4], new Uint8Array(Float64Array.of(0, 1, 0, 1).buffer)),
    });
    expect(floats.dataSet.info).toMatchObject({ shape: [2], classes: 2 });
    expect(floats.dataSet.train.inputs.values).toBeInstanceOf(Float32Array);
    const half = await loadArrays({
      x: npy('<f2', [4, 1], Uint8Array.of(0, 0x3c, 0, 0xc0, 0, 0x38, 1, 0)),
      y: npy('|u1', [4], Uint8Array.of(0, 1, 0, 1)),
    });
    expect([...half.dataSet.train.inputs.values, ...half.dataSet.test.inputs.values].sort()).toEqual(
      [1, -2, 0.5, 2 ** -24].sort(),
    );
  });

  test('that are stored column by column, as data frames often are, are the same', async () => {
    const y = labels(6);
    const cube = Uint8Array.from({ length: 36 }, (_, i) => i);
    // Element [a][b][c] of 6 × 2 × 3 stands at a + 6·b + 12·c.
    const turned = new Uint8Array(36);
    for (let a = 0; a < 6; a += 1)
      for (let b = 0; b < 2; b += 1)
        for (let c = 0; c < 3; c += 1) turned[a + 6 * b + 12 * c] = cube[a * 6 + b * 3 + c]!;
    const plain = await loadArrays({ x: npy('|u1', [6, 2, 3], cube), y });
    const fortran = await loadArrays({
      x: npy('|u1', [6, 2, 3], turned, 'True'),
      y: npy('|u1', [6, 1], Uint8Array.of(0, 1, 2, 0, 1, 2), 'True'),
    });
    expect(fortran.dataSet.info).toEqual(plain.dataSet.info);
    const floats = await loadArrays({
      x: npy('>f8', [2, 2], doubles([1, 3, 2, 4], false), 'True'),
      y: npy('|u1', [2], Uint8Array.of(0, 1)),
    }).catch((error: Error) => error.message);
    expect(floats).toMatch(/one sample only of each of the classes 0, 1/);
    const four = await loadArrays({
      x: npy('>f8', [4, 2], doubles([1, 3, 5, 7, 2, 4, 6, 8], false), 'True'),
      y: npy('|b1', [4], Uint8Array.of(0, 1, 0, 1)),
    });
    const rows = [...four.dataSet.train.inputs.values, ...four.dataSet.test.inputs.values];
    expect(rows.filter((_, i) => i % 2 === 0).map((one, i) => rows[2 * i + 1]! - one)).toEqual([1, 1, 1, 1]);
  });

  test('in black and white are pictures of black and white', async () => {
    const { dataSet } = await loadArrays({
      x: npy('|b1', [4, 2], Uint8Array.of(1, 0, 0, 1, 1, 0, 0, 1)),
      y: npy('|b1', [4], Uint8Array.of(0, 1, 0, 1)),
    });
    expect(new Set(dataSet.train.inputs.values)).toEqual(new Set([0, 255]));
    expect(dataSet.info.classes).toBe(2);
  });

  test('each have their own place for the channels', async () => {
    const first = Uint8Array.from({ length: 4 * 75 }, (_, i) => i % 75);
    const { dataSet } = await loadArrays({
      ...{ x_train: npy('|u1', [4, 5, 5, 3], first), y_train: npy('|u1', [4], Uint8Array.of(0, 1, 0, 1)) },
      ...{
        x_test: npy('|u1', [2, 3, 5, 5], first.subarray(0, 150)),
        y_test: npy('|u1', [2], Uint8Array.of(0, 1)),
      },
    });
    expect([...dataSet.train.inputs.values.subarray(0, 3)]).toEqual([0, 3, 6]);
    expect([...dataSet.test.inputs.values.subarray(0, 3)]).toEqual([0, 1, 2]);
  });

  test('of large values are told, and how to store them', async () => {
    const told = async (values: (i: number) => number, fitting = {}): Promise<string[]> => {
      const given = Float32Array.from({ length: 60 }, (_, i) => values(i));
      const x = npy('<f4', [20, 3], new Uint8Array(given.buffer));
      const y = npy(
        '|u1',
        [20],
        Uint8Array.from({ length: 20 }, (_, i) => i % 2),
      );
      const { notices } = await loadArrays({ x_train: x, y_train: y }, fitting);
      return notices.filter((one) => one.includes('root mean square'));
    };
    expect(await told((i) => (97 * i) % 256)).toEqual([
      expect.stringMatching(
        /^The values of x_train .* about 1[45]0 in size, .* array\.astype\("uint8"\): pixels are/,
      ),
    ]);
    expect(await told((i) => (97 * i) % 256, { isTrained: true })).toEqual([]);
    expect(await told((i) => ((97 * i) % 256) + 0.5)).toEqual([
      expect.stringContaining('Subtract their mean'),
    ]);
    expect(await told((i) => ((97 * i) % 256) / 32)).toEqual([]);
  });

  test('of labels with a gap are told, and what to do where they begin with 1', async () => {
    const told = async (label: (i: number) => number): Promise<string[]> => {
      const y = npy(
        '|u1',
        [20],
        Uint8Array.from({ length: 20 }, (_, i) => label(i)),
      );
      const { notices } = await loadArrays({ x_train: images(20, [2, 3]), y_train: y });
      return notices.filter((one) => one.includes('has no sample of'));
    };
    expect(await told((i) => 1 + (i % 3))).toEqual([
      expect.stringMatching(
        /^y_train .*has no sample of the class 0: .* Subtract 1 from labels that begin with 1\.$/,
      ),
    ]);
    expect(await told((i) => [0, 3][i % 2] as number)).toEqual([
      expect.stringMatching(/has no sample of the classes 1, 2: .* an output for each of them\.$/),
    ]);
    expect(await told((i) => i % 3)).toEqual([]);
  });

  test('of labels that are no whole numbers are to be predicted, standardised by the training part', async () => {
    const { dataSet } = await loadArrays({
      ...{ x_train: images(4, [2]), y_train: npy('<f4', [4], bytesOfFloats([1.5, 2.5, 3.5, 4.5])) },
      ...{ x_test: images(2, [2]), y_test: npy('<f4', [2], bytesOfFloats([3, 4])) },
    });
    const deviation = Math.sqrt(1.25);
    expect(dataSet.info).toMatchObject({ classes: 0, target: { name: 'y_train', mean: 3, deviation } });
    expect([...dataSet.test.targets.values]).toEqual([0, Math.fround(1 / deviation)]);
  });
});

describe('is refused with a sentence', () => {
  const x = images(6, [2, 3]);
  const y = labels(6);
  test.each([
    ['no labels', { x_train: x }, {}, /found x_train \(6 × 2 × 3\)\. Name the arrays x_train, y_train/],
    [
      'other numbers',
      { x_train: x, y_train: labels(5) },
      {},
      /has 6 samples, but y_train in .* has 5 labels/,
    ],
    ['one-hot labels', { x, y: npy('|u1', [6, 3], new Uint8Array(18)) }, {}, /has 3 labels for each sample/],
    ['objects', { x, y: npy('|O', [6], new Uint8Array(48)) }, {}, /Python objects, which are not read/],
    ['texts', { x, y: npy('<U4', [6], new Uint8Array(96)) }, {}, /holds text \(<U4\)/],
    [
      'complex numbers',
      { x: npy('<c8', [6], new Uint8Array(48)), y },
      {},
      /elements of another kind \(<c8\)/,
    ],
    ['dates', { x, y: npy('<M8[D]', [6], new Uint8Array(48)) }, {}, /elements of another kind/],
    [
      'a NaN in columns',
      { x: npy('<f4', [6, 2], bytesOfFloats([...Array(10).fill(1), Number.NaN, 1]), 'True'), y },
      {},
      /is NaN in sample 4/,
    ],
    [
      'too few elements',
      { x: npy('|u1', [6, 7], new Uint8Array(36)), y },
      {},
      /has fewer elements than its shape says/,
    ],
    [
      'too many elements',
      { x: npy('|u1', [6, 5], new Uint8Array(36)), y },
      {},
      /has more elements than its shape says/,
    ],
    [
      'a number that is none',
      { x: npy('<f4', [6, 1], bytesOfFloats([1, 2, 3, Number.NaN, 5, 6])), y },
      {},
      /x in .* is NaN in sample 3 \(from 0\)/,
    ],
    [
      'infinite labels',
      { x, y: npy('<f4', [6], bytesOfFloats([1, 2, Number.POSITIVE_INFINITY, 4, 5, 6])) },
      {},
      /is Infinity at sample 2/,
    ],
    [
      'numbers for classes',
      { x, y: npy('<f4', [6], bytesOfFloats([1.5, 2, 3, 4, 5, 6])) },
      { isFixed: true },
      /labels that are no whole numbers, .* model\.loss=squared_error/,
    ],
    [
      'numbers for the classes of a trained model',
      { x, y: npy('<f4', [6], bytesOfFloats([1.5, 2, 3, 4, 5, 6])) },
      { isFixed: true, isTrained: true },
      /labels that are no whole numbers, which are no classes\. The model is trained .* point --data to/,
    ],
    [
      'shapes that differ',
      { x_train: x, y_train: y, x_test: images(6, [3, 2]), y_test: y },
      {},
      /samples of 1 × 3 × 2, but those of x_train in .* have 1 × 2 × 3/,
    ],
  ])('%s', async (_, arrays, fitting, message) => {
    await expect(loadArrays(arrays, fitting)).rejects.toThrow(message);
  });

  test('more than a data set may have, before memory is taken for it', async () => {
    const count = 3_000_000;
    const many = Uint8Array.from({ length: count }, (_, i) => i % 2);
    await expect(
      loadArrays({ x: npy('|u1', [count, 1024], new Uint8Array(16)), y: npy('|u1', [count], many) }),
    ).rejects.toThrow('has 3000000 samples of 1024, 2.9 GiB in memory, but a data set may have 2.0 GiB');
  });
});
