/** Arrays of inputs and labels as a data set. */
import { basename, resolve } from 'node:path';
import { type DataSet, lengthOf, type Samples, type TargetScale, type Tensor } from '@shoal/core';
import { DataError } from '../dataError.ts';
import { CLASSES_MAX, setOfParts } from '../parts.ts';
import {
  type PartName,
  type Reading,
  SPLIT_NAMES,
  someOf,
  sortedNames,
  spokenNames,
  wayOn,
} from '../reading.ts';
import { scaleOf, standardised } from '../targetScale.ts';
import { type NumpyPair, numpyParts } from './arrays.ts';
import { areBytes, countOf, layoutOf, readInputs } from './inputs.ts';
import type { NpyArray } from './npy.ts';

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
    const inputs = await readInputs(pair.inputs, layoutOf(pair.inputs), isBytes, reading);
    if (part === 'train' && !isBytes) tellLarge(pair.inputs.name, inputs, reading);
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

/** With values of more than this, in the root mean square, the first steps of training go astray. */
const SIZE_MAX = 10;

/** Nobody can change what a model was trained on that is trained already. */
function tellLarge(name: string, { values }: Tensor, { fitting, onNotice }: Reading): void {
  if (fitting.isTrained === true) return;
  let squares = 0;
  let arePixels = true;
  for (const value of values) {
    squares += value * value;
    arePixels &&= Number.isInteger(value) && value >= 0 && value <= 255;
  }
  const size = Math.sqrt(squares / values.length);
  if (size <= SIZE_MAX) return;
  onNotice(
    `The values of ${name} are about ${Number(size.toPrecision(2))} in size, their root mean square, and a network learns best from values of about 1. ` +
      (arePixels
        ? 'If they are pixels, store them as such, by array.astype("uint8"): pixels are divided by 255.'
        : 'Subtract their mean and divide by their standard deviation before you store them.'),
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
function meaningOf(
  labels: ReadonlyMap<PartName, Float64Array>,
  name: string,
  { fitting, onNotice }: Reading,
): Meaning {
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
      `${name} has ${areWhole ? `more than ${CLASSES_MAX} different labels` : 'labels that are no whole numbers'}, which are no classes. ${wayOn(fitting, 'To predict a number, set model.loss=squared_error and give the last dense layer 1 unit.')}`,
    );
  }
  const least = Math.min(...distinct);
  const most = Math.max(...distinct);
  if (least >= 0 && most < CLASSES_MAX) {
    const empty = Array.from({ length: most }, (_, label) => label).filter((label) => !distinct.has(label));
    if (empty.length > 0) {
      onNotice(
        `${name} has no sample of ${empty.length === 1 ? 'the class' : 'the classes'} ${someOf(empty.map(String))}: classes are numbered from 0, and the model gets an output for each of them.${least === 1 ? ' Subtract 1 from labels that begin with 1.' : ''}`,
      );
    }
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
