/** A data set in memory: inputs and targets of its samples, side by side. */
import type { DataSourceName } from './sources.ts';
import { selectRows, type Tensor } from './tensor.ts';

/** The three parts a run uses. The order of `train` is fixed by the split; epochs visit it by `epochOrder`. */
export const SET_NAMES = ['train', 'validation', 'test'] as const;
export type SetName = (typeof SET_NAMES)[number];
export type DataSplits = { readonly [S in SetName]: Samples };

export type Samples = {
  readonly count: number;
  /** Of `u8` are pixels, read as byte/255 in float32; `f32` is used as it is. */
  readonly inputs: Tensor;
  /** What a loss holds the outputs against: [count] class numbers. */
  readonly targets: Tensor;
};

/** Where a data set came from and what it is; part of a run's identity and shown in every output. */
export type DataSetInfo = {
  /** `mnist`, `digits`, `and` …, or the folder's name. */
  readonly name: string;
  readonly source: DataSourceName;
  /** [channels, height, width], or [features]. */
  readonly shape: readonly number[];
  readonly classes: number;
  /** SHA-256 (hex) over all files' uncompressed content, in the order train images, train labels, test images, test labels. */
  readonly sha256: string;
};

/** What a loader gives: the files' own two parts, before the validation samples are held out. */
export type DataSet = { readonly info: DataSetInfo; readonly train: Samples; readonly test: Samples };

/** Samples of one class each; `inputs` has as many as there are classes in `labels`. */
export const classSamples = (inputs: Tensor, labels: Uint8Array): Samples => ({
  count: labels.length,
  inputs,
  targets: { shape: [], values: labels },
});

/** Copies the chosen samples, in the order of `rows`, into arrays of their own. */
export const selectSamples = ({ inputs, targets }: Samples, rows: Uint32Array): Samples => ({
  count: rows.length,
  inputs: selectRows(inputs, rows),
  targets: selectRows(targets, rows),
});
