/** Cuts a data set into the three parts of a run: training, validation and test. */
import { Purpose } from '../random/threefry.ts';
import { SpecError } from '../spec/specError.ts';
import { type DataSet, type DataSplits, selectSamples } from './dataSet.ts';
import { choiceOf } from './dataSpec.ts';
import { permutation } from './order.ts';
import type { DataSpec } from './sources.ts';
import { newTensor, typeOf } from './tensor.ts';

export type SplitOptions = {
  readonly seed: number;
  /** Samples of the training set held out. */
  readonly validation: number;
  /** Train on the first `limit` samples of what remains; null = all. */
  readonly limit: number | null;
};

/**
 * Let p = `permutation` with key [seed, Purpose.split, 0, 0] over the training set's count. The last `validation`
 * entries of p are the validation set, in the order of p; the training set is the first count − validation
 * entries, of which the first `limit` are kept. So the validation samples are the same for any limit, and a
 * smaller limit gives a prefix of a larger one. The test set is the data set's own, in its own order.
 *
 * @throws SpecError when there are fewer training samples than asked for
 */
export const splitDataSet = (dataSet: DataSet, options: SplitOptions): DataSplits => {
  const { train, test, info } = dataSet;
  const rows = splitRows(train.count, info.name, options);
  return {
    train: selectSamples(train, rows.train),
    validation: selectSamples(train, rows.validation),
    test,
  };
};

/** Which of the `count` samples of a training set each part gets. @throws SpecError, naming the data set */
export const splitRows = (
  count: number,
  dataSet: string,
  { seed, validation, limit }: SplitOptions,
): { readonly train: Uint32Array; readonly validation: Uint32Array } => {
  for (const [field, value] of [
    ['data.validation', validation],
    ['data.limit', limit ?? 1],
  ] as const) {
    if (!Number.isInteger(value) || value < 0) {
      throw new RangeError(`${field} must be a whole number of samples, but is ${value}.`);
    }
  }
  const remaining = count - validation;
  if (remaining < 1) {
    throw new SpecError([{ type: 'validationTooLarge', validation, dataSet, samples: count }]);
  }
  if (limit === 0 || (limit !== null && limit > remaining)) {
    throw new SpecError([{ type: 'limitTooLarge', limit, dataSet, remaining, validation }]);
  }
  const order = permutation([seed, Purpose.split, 0, 0], count);
  return { train: order.subarray(0, limit ?? remaining), validation: order.subarray(remaining) };
};

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
