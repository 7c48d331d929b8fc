/** Cuts a data set into the three parts of a run: training, validation and test. */
import { Purpose } from '../random/threefry.ts';
import { SpecError } from '../spec/specError.ts';
import { type DataSet, type DataSplits, type Samples, selectSamples } from './dataSet.ts';
import { choiceOf } from './dataSpec.ts';
import { permutation } from './order.ts';
import type { DataSpec } from './sources.ts';
import { moveRows, newTensor, rowsOf, type TensorValues, typeOf } from './tensor.ts';

export type SplitOptions = {
  readonly seed: number;
  /** Samples of the training set held out. */
  readonly validation: number;
  /** Train on the first `limit` samples of what remains; null = all. */
  readonly limit: number | null;
};

/** How many samples each part has. @throws SpecError when there are fewer training samples than asked for */
export const splitSizes = (
  {
    train,
    validation: own,
    info,
  }: {
    readonly train: { readonly count: number };
    readonly validation?: Samples;
    readonly info: { readonly name: string };
  },
  { validation, limit }: Omit<SplitOptions, 'seed'>,
): { readonly remaining: number; readonly kept: number } => {
  for (const [field, value] of [
    ['data.validation', validation],
    ['data.limit', limit ?? 1],
  ] as const) {
    if (!Number.isInteger(value) || value < 0) {
      throw new RangeError(`${field} must be a whole number of samples, but is ${value}.`);
    }
  }
  const held = own === undefined ? validation : 0;
  const remaining = train.count - held;
  if (remaining < 1) {
    throw new SpecError([
      { type: 'validationTooLarge', validation: held, dataSet: info.name, samples: train.count },
    ]);
  }
  if (limit === 0 || (limit !== null && limit > remaining)) {
    throw new SpecError([{ type: 'limitTooLarge', limit, dataSet: info.name, remaining, validation: held }]);
  }
  return { remaining, kept: limit ?? remaining };
};

/** Which of the `count` samples of a training set each part gets, where the data set has no validation set of its own. */
export const splitRows = (
  count: number,
  dataSet: string,
  options: SplitOptions,
): { readonly train: Uint32Array; readonly validation: Uint32Array } => {
  const { remaining, kept } = splitSizes({ train: { count }, info: { name: dataSet } }, options);
  const order = permutation([options.seed, Purpose.split, 0, 0], count);
  return { train: order.subarray(0, kept), validation: order.subarray(remaining) };
};

/**
 * Let p = `permutation` with key [seed, Purpose.split, 0, 0] over the training set's count. The last `validation`
 * entries of p are the validation set, in the order of p; the training set is the first count − validation
 * entries, of which the first `limit` are kept. So the validation samples are the same for any limit, and a
 * smaller limit gives a prefix of a larger one. The test set is the data set's own, in its own order, and so is a
 * validation set that the data set has; then none are held out. The samples of a set that nobody reads again are moved
 * into this order where they lie.
 *
 * @throws SpecError when there are fewer training samples than asked for
 */
export const splitDataSet = (dataSet: DataSet, options: SplitOptions): DataSplits => {
  const { train, test } = dataSet;
  const { remaining, kept } = splitSizes(dataSet, options);
  const order = permutation([options.seed, Purpose.split, 0, 0], train.count);
  if (dataSet.isSpent === true) {
    bringInto(order, train);
    const validation = dataSet.validation ?? samplesBetween(train, remaining, train.count);
    return { train: samplesBetween(train, 0, kept), validation, test };
  }
  return {
    train: selectSamples(train, order.subarray(0, kept)),
    validation: dataSet.validation ?? selectSamples(train, order.subarray(remaining)),
    test,
  };
};

/** How the rows of samples that were moved lie by now: in row i is what was row order[i] when they were read. */
const ORDERS = new WeakMap<TensorValues, Uint32Array>();

/**
 * Moves the samples where they lie, into this order of the rows as they were read. Whoever splits them once more, such as a
 * coordinator that leads a run for the second time, gets what it got before.
 */
const bringInto = (order: Uint32Array, { inputs, targets }: Samples): void => {
  const before = ORDERS.get(inputs.values);
  const step = before === undefined ? order : stepsBetween(before, order);
  if (step.every((row, i) => row === i)) return;
  moveRows(inputs, step);
  moveRows(targets, step);
  ORDERS.set(inputs.values, order);
};

/** The permutation that leads from one order of rows to another. */
const stepsBetween = (before: Uint32Array, after: Uint32Array): Uint32Array => {
  const places = new Uint32Array(before.length);
  before.forEach((row, place) => {
    places[row] = place;
  });
  return after.map((row) => places[row] as number);
};

/** Samples [from, to); a view. */
export const samplesBetween = ({ inputs, targets }: Samples, from: number, to: number): Samples => ({
  count: to - from,
  inputs: rowsOf(inputs, from, to),
  targets: rowsOf(targets, from, to),
});

/** Trained on whole and in its own order, with no validation samples. */
const wholeDataSet = ({ train, test }: DataSet): DataSplits => {
  const none = { inputs: newTensor(typeOf(train.inputs), 0), targets: newTensor(typeOf(train.targets), 0) };
  return { train, validation: { count: 0, ...none }, test };
};

/** The parts of a run, as its spec's `data` asks. */
export const splitForRun = (dataSet: DataSet, data: DataSpec, seed: number): DataSplits => {
  const choice = choiceOf(data);
  return choice === null ? wholeDataSet(dataSet) : splitDataSet(dataSet, { ...choice, seed });
};
