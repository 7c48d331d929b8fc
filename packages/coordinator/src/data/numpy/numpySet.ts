/** Arrays of inputs and labels as a data set. */
import { basename, resolve } from 'node:path';
import { type DataSet, lengthOf, type Samples, type TargetScale, type Tensor } from '@shoal/core';
import { DataError } from '../dataError.ts';
import { allocate, CLASSES_MAX, setOfParts } from '../parts.ts';
import { type PartName, type Reading, SPLIT_NAMES, sortedNames, spokenNames } from '../reading.ts';
import { scaleOf, standardised } from '../targetScale.ts';
import { type NumpyPair, numpyParts } from './arrays.ts';
import type { NpyArray } from './npy.ts';

/** A last axis of so many beside two larger ones is that of the channels. */
const CHANNEL_COUNTS: readonly number[] = [1, 3, 4];

/** What a sample of an array is to a model. */
type Layout = { readonly shape: readonly number[]; readonly channelsLast: boolean };

/** @throws DataError */
export async function loadNumpy(place: string, isFolder: boolean, reading: Reading): Promise<DataSet> {
  const pairs = await numpyParts(place, isFolder);
  const train = pairs.get('train') as NumpyPair;
  const layout = layoutOf(train.inputs);
  const labels = new Map<PartName, Float64Array>();
  for (const [part, { inputs, targets }] of pairs) {
    const given = layoutOf(inputs).shape;
    if (given.join() !== layout.shape.join()) {
      throw new DataError(
        `${inputs.name} has samples of ${given.join(' × ')}, but those of ${train.inputs.name} have ${layout.shape.join(' × ')}: all parts must have the same shape.`,
      );
    }
    labels.set(part, await readLabels(targets, inputs));
  }
  const isBytes = await areBytes([...pairs.values()].map(({ inputs }) => inputs));
  const meaning = meaningOf(labels, train.targets.name, reading);
  const samples: { [P in PartName]?: Samples } = {};
  for (const part of SPLIT_NAMES) {
    const pair = pairs.get(part);
    if (pair === undefined) continue;
    const inputs = await readInputs(pair.inputs, layout, isBytes, reading);
    samples[part] = {
      count: countOf(pair.inputs),
      inputs,
      targets: meaning.targetsOf(labels.get(part) as Float64Array),
    };
  }
  return setOfParts(
    place,
    { train: samples.train as Samples, validation: samples.validation ?? null, test: samples.test ?? null },
    {
      name: basename(resolve(place)).replace(/\.np[yz]$/i, ''),
      source: 'numpy',
      shape: layout.shape,
      ...meaning.info,
    },
  );
}

const countOf = ({ header }: NpyArray): number => header.shape[0] ?? 0;

/** [count, features], [count, height, width], or with channels before or behind. */
function layoutOf({ name, header }: NpyArray): Layout {
  const [count, ...sizes] = header.shape;
  if (count === undefined || header.shape.includes(0)) throw new DataError(`${name} has no samples.`);
  const [a = 1, b = 1, c = 1] = sizes;
  if (sizes.length === 0) return { shape: [1], channelsLast: false };
  if (sizes.length === 1) return { shape: [a], channelsLast: false };
  if (sizes.length === 2) return { shape: [1, a, b], channelsLast: false };
  if (sizes.length === 3) {
    const channelsLast = CHANNEL_COUNTS.includes(c) && a > 4 && b > 4;
    return channelsLast ? { shape: [c, a, b], channelsLast } : { shape: [a, b, c], channelsLast };
  }
  throw new DataError(
    `${name} has ${header.shape.length} axes, but inputs have 2 (samples, features), 3 (samples, height, width) or 4 with channels.`,
  );
}

/** One number for each sample, in float64. */
async function readLabels(targets: NpyArray, inputs: NpyArray): Promise<Float64Array> {
  const { name, header } = targets;
  const [count = 0, ...sizes] = header.shape;
  if (lengthOf(sizes) !== 1) {
    throw new DataError(
      `${name} has ${lengthOf(sizes)} labels for each sample, but a sample has one: its class, or the number to predict. Take numpy.argmax of one-hot labels.`,
    );
  }
  if (count !== countOf(inputs)) {
    throw new DataError(
      `${inputs.name} has ${countOf(inputs)} samples, but ${name} has ${count} labels: they do not belong together.`,
    );
  }
  const values = new Float64Array(count);
  let at = 0;
  for await (const piece of targets.elements()) {
    const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
    for (let i = 0; i < piece.length; i += header.type.bytes) {
      const value = header.type.read(view, i);
      if (!Number.isFinite(value))
        throw new DataError(`${name} is ${value} at sample ${at} (from 0): take such samples out.`);
      values[at] = value;
      at += 1;
    }
  }
  return values;
}

type Meaning = {
  readonly info: Pick<DataSet['info'], 'classes' | 'classNames' | 'target'>;
  readonly targetsOf: (labels: Float64Array) => Tensor;
};

/** Whether labels are classes or numbers: what a written model says, else what they look like. */
function meaningOf(labels: ReadonlyMap<PartName, Float64Array>, name: string, { fitting }: Reading): Meaning {
  const distinct = new Set<number>();
  for (const values of labels.values())
    for (const value of values) if (distinct.size <= CLASSES_MAX) distinct.add(value);
  const areWhole = [...distinct].every(Number.isInteger);
  const isRegression = fitting.isFixed
    ? fitting.loss === 'squared_error'
    : !areWhole || distinct.size > CLASSES_MAX;
  if (isRegression) {
    const target: TargetScale = scaleOf(name.replace(/ in .*$/, ''), labels.get('train') as Float64Array);
    return { info: { classes: 0, target }, targetsOf: (values) => standardised(target, values) };
  }
  if (!areWhole || distinct.size > CLASSES_MAX) {
    throw new DataError(
      `${name} has ${areWhole ? `more than ${CLASSES_MAX} different labels` : 'labels that are no whole numbers'}, which are no classes. To predict a number, set model.loss=squared_error and give the last dense layer 1 unit.`,
    );
  }
  const least = Math.min(...distinct);
  const most = Math.max(...distinct);
  if (least >= 0 && most < CLASSES_MAX) {
    return {
      info: { classes: most + 1 },
      targetsOf: (values) => ({ shape: [], values: Uint8Array.from(values) }),
    };
  }
  const names = sortedNames([...distinct].map(String));
  const numbers = new Map(names.map((one, label) => [Number(one), label]));
  return {
    info: { classes: names.length, ...spokenNames(names) },
    targetsOf: (values) => ({
      shape: [],
      values: Uint8Array.from(values, (value) => numbers.get(value) as number),
    }),
  };
}

/** Whether all elements are whole numbers of 0 to 255, as pixels are. */
async function areBytes(arrays: readonly NpyArray[]): Promise<boolean> {
  for (const { header, elements } of arrays) {
    const { kind, bytes, read } = header.type;
    if (kind === 'float') return false;
    if (kind === 'bool' || (kind === 'unsigned' && bytes === 1)) continue;
    for await (const piece of elements()) {
      const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
      for (let i = 0; i < piece.length; i += bytes) {
        const value = read(view, i);
        if (value < 0 || value > 255) return false;
      }
    }
  }
  return true;
}

async function readInputs(
  array: NpyArray,
  { shape, channelsLast }: Layout,
  isBytes: boolean,
  { onProgress }: Reading,
): Promise<Tensor> {
  const { name, header } = array;
  const tensor = allocate(name, isBytes ? 'u8' : 'f32', shape, countOf(array));
  const { values } = tensor;
  const length = lengthOf(shape);
  const { type } = header;
  // A bit of a picture in black and white is black or white.
  const factor = type.kind === 'bool' ? 255 : 1;
  const isPlain = isBytes && type.kind === 'unsigned' && type.bytes === 1;
  let at = 0;
  for await (const piece of array.elements()) {
    if (isPlain) {
      values.set(piece, at);
      at += piece.length;
    } else {
      const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
      for (let i = 0; i < piece.length; i += type.bytes) {
        const value = type.read(view, i);
        if (!Number.isFinite(Math.fround(value))) {
          throw new DataError(
            `${name} is ${value} in sample ${Math.floor(at / length)} (from 0): inputs must be finite. Replace it, or take the sample out.`,
          );
        }
        values[at] = value * factor;
        at += 1;
      }
    }
    onProgress({ what: name, done: Math.floor(at / length), total: countOf(array), unit: 'samples' });
  }
  if (channelsLast) turnChannels(values, shape, countOf(array));
  return tensor;
}

/** [height × width × channels] → [channels × height × width], image by image in its own place. */
function turnChannels(values: Uint8Array | Float32Array, shape: readonly number[], count: number): void {
  const [channels = 1] = shape;
  const length = lengthOf(shape);
  const area = length / channels;
  for (let image = 0; image < count; image += 1) {
    const own = values.slice(image * length, (image + 1) * length);
    for (let pixel = 0; pixel < area; pixel += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        values[image * length + channel * area + pixel] = own[pixel * channels + channel] as number;
      }
    }
  }
}
