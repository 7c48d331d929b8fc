/** A data set in memory: inputs and targets of its samples, side by side. */

import type { TablePreparation, TargetScale } from './preparation.ts';
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
  /** What a loss holds the outputs against: [count] class numbers, or numbers to be predicted. */
  readonly targets: Tensor;
};

/** Where a data set came from and what it is; part of a run's identity and shown in every output. */
export type DataSetInfo = {
  /** `mnist`, `digits`, `and` …, or the folder's name. */
  readonly name: string;
  readonly source: DataSourceName;
  /** [channels, height, width], or [features]. */
  readonly shape: readonly number[];
  /** 0 where a number is to be predicted. */
  readonly classes: number;
  /** What the classes are called, where they have names; as many as there are classes. */
  readonly classNames?: readonly string[];
  /** What was done to rows of a table; the same must be done to what the model is asked about. */
  readonly preparation?: TablePreparation;
  /** The number that is to be predicted, in its own unit. */
  readonly target?: TargetScale;
  /**
   * SHA-256 (hex): of IDX files over all files' uncompressed content, in the order train images, train labels, test
   * images, test labels; of other files over the samples, training, validation and test, as blocks would hold them.
   */
  readonly sha256: string;
};

/** What a loader gives: the files' own parts, before validation samples are held out where they have none of their own. */
export type DataSet = {
  readonly info: DataSetInfo;
  readonly train: Samples;
  readonly test: Samples;
  /** Where the files have such a part: then none are held out of the training set. */
  readonly validation?: Samples;
  /** It is only split, by one run at a time, which may move its samples instead of copying them. */
  readonly isSpent?: boolean;
  /** The file or folder that it was read from. */
  readonly place?: string;
};

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
