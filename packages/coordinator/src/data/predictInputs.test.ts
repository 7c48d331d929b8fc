/** What a model says of arrays: the same, however they are stored. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  compileModel,
  encodeIdx,
  exportModel,
  initialParameters,
  loadPredictor,
  type Prediction,
} from '@shoal/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bytesOfFloats, npy, writeFiles, zip } from './madeFiles.suite.ts';
import { predictions } from './predictInputs.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'shoal-predict-'));
});
afterEach(() => rm(root, { recursive: true }));

const SHAPE = [3, 5, 6] as const;
const LENGTH = 90;
const model = compileModel({
  input: SHAPE,
  layers: [{ type: 'flatten' }, { type: 'dense', units: 4 }],
  loss: 'cross_entropy',
});
const predictor = await loadPredictor(exportModel(model, initialParameters(model, 3)));
/** Two samples, channels first. */
const pixels = Uint8Array.from({ length: 2 * LENGTH }, (_, i) => (i * 37) % 256);
const expected = predictor.predict(pixels);

const answers = async (name: string, content: Uint8Array): Promise<Prediction[]> => {
  await writeFiles(root, { [name]: content });
  const all: Prediction[] = [];
  for await (const { prediction } of predictions(join(root, name), predictor))
    all.push(prediction as Prediction);
  return all;
};

const channelsLast = Uint8Array.from({ length: 2 * LENGTH }, (_, i) => {
  const [sample, pixel, channel] = [Math.floor(i / LENGTH), Math.floor((i % LENGTH) / 3), i % 3];
  return pixels[sample * LENGTH + channel * 30 + pixel] as number;
});
/** Sample [s] stands at s, s + 2, s + 4, … */
const columns = Uint8Array.from(
  { length: 2 * LENGTH },
  (_, i) => pixels[(i % 2) * LENGTH + (i >> 1)] as number,
);

test('an array has the same answers in every order that a model may be trained on', async () => {
  expect(await answers('first.npy', npy('|u1', [2, ...SHAPE], pixels))).toEqual(expected);
  expect(await answers('last.npy', npy('|u1', [2, 5, 6, 3], channelsLast))).toEqual(expected);
  expect(await answers('rows.npy', npy('|u1', [2, LENGTH], columns, 'True'))).toEqual(expected);
  const wide = new Uint8Array(Int32Array.from(pixels).buffer);
  expect(await answers('wide.npy', npy('<i4', [2, ...SHAPE], wide))).toEqual(expected);
  const floats = bytesOfFloats([...pixels].map((pixel) => Math.fround(pixel / 255)));
  expect(await answers('floats.npy', npy('<f4', [2, ...SHAPE], floats))).toEqual(expected);
  expect(await answers('one.npy', npy('|u1', [5, 6, 3], channelsLast.subarray(0, LENGTH)))).toEqual(
    expected.slice(0, 1),
  );
  const content = npy('|u1', [2, ...SHAPE], pixels);
  const labels = npy('|u1', [2], Uint8Array.of(0, 1));
  const archive = zip([
    { name: 'x_test.npy', content },
    { name: 'y_test.npy', content: labels },
  ]);
  expect(await answers('set.npz', archive)).toEqual(expected);
});

test('an IDX file of images has the same answers, compressed or not', async () => {
  const file = encodeIdx([2, ...SHAPE], pixels);
  expect(await answers('t10k-images-idx4-ubyte', file)).toEqual(expected);
  expect(await answers('t10k-images-idx4-ubyte.gz', gzipSync(file))).toEqual(expected);
  const small = encodeIdx([1, 3, 3], new Uint8Array(9));
  await expect(answers('t10k-images-idx3-ubyte', small)).rejects.toThrow(
    /has images of 1 × 3 × 3, but the model takes 3 × 5 × 6/,
  );
  await expect(answers('t10k-images-idx3-ubyte', file.subarray(0, 50))).rejects.toThrow(/is truncated/);
});

test('bits of black and white are as in training', async () => {
  const bits = pixels.map((pixel) => pixel & 1);
  expect(await answers('bits.npy', npy('|b1', [2, ...SHAPE], bits))).toEqual(
    predictor.predict(bits.map((bit) => bit * 255)),
  );
});

test.each([
  [
    'another shape',
    npy('|u1', [2, 5, 5], new Uint8Array(50)),
    /has samples of 5 × 5, but the model takes 3 × 5 × 6/,
  ],
  ['a NaN', npy('<f4', [1, LENGTH], bytesOfFloats(Array(LENGTH).fill(Number.NaN))), /is NaN in sample 0/],
  ['a giant', npy('|u1', [100_000_000, LENGTH], new Uint8Array(8)), /but a data set may have 2\.0 GiB/],
  ['objects', npy('|O', [2, LENGTH], new Uint8Array(8)), /Python objects, which are not read/],
])('%s is refused with a sentence', async (_, content, message) => {
  await expect(answers('bad.npy', content)).rejects.toThrow(message);
});
