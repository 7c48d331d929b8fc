/** Cuts a data set into the three parts of a run: training, validation and test. */
import { Purpose } from '../random/threefry.ts';
import type { DataSpec } from '../spec/runSpec.ts';
import { SpecError } from '../spec/specError.ts';
import type { DataSet, DataSplits, Samples } from './dataSet.ts';
import { permutation } from './order.ts';
import { tableSplits } from './tables.ts';

export type SplitOptions = {
  readonly seed: number;
  /** Samples of the training set held out. */
  readonly validation: number;
  /** Train on the first `limit` samples of what remains; null = all. */
  readonly limit: number | null;
};

/** Copies the chosen samples, in the order of `rows`, into arrays of their own. */
export const selectSamples = (samples: Samples, rows: Uint32Array): Samples => {
  const { sampleLength, values } = samples;
  const length = rows.length * sampleLength;
  const chosen = values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  const labels = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i] as number;
    chosen.set(values.subarray(row * sampleLength, (row + 1) * sampleLength), i * sampleLength);
    labels[i] = samples.labels[row] as number;
  }
  return { count: rows.length, sampleLength, values: chosen, labels };
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
  const { seed, validation, limit } = options;
  for (const [field, value] of [
    ['data.validation', validation],
    ['data.limit', limit ?? 1],
  ] as const) {
    if (!Number.isInteger(value) || value < 0) {
      throw new RangeError(`${field} must be a whole number of samples, but is ${value}.`);
    }
  }
  const remaining = train.count - validation;
  if (remaining < 1) {
    throw new SpecError([
      { type: 'validationTooLarge', validation, dataSet: info.name, samples: train.count },
    ]);
  }
  if (limit === 0 || (limit !== null && limit > remaining)) {
    throw new SpecError([{ type: 'limitTooLarge', limit, dataSet: info.name, remaining, validation }]);
  }
  const order = permutation([seed, Purpose.split, 0, 0], train.count);
  return {
    train: selectSamples(train, order.subarray(0, limit ?? remaining)),
    validation: selectSamples(train, order.subarray(remaining)),
    test,
  };
};

/** The parts of a run, as its spec's `data` asks: a truth table is trained on whole and in its own order. */
export const splitForRun = (dataSet: DataSet, data: DataSpec, seed: number): DataSplits =>
  data.source === 'table'
    ? tableSplits(dataSet)
    : splitDataSet(dataSet, { seed, validation: data.validation, limit: data.limit });
