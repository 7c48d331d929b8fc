/** A data set in memory: samples side by side as bytes, or as float32 for truth tables. */

/** The three parts a run uses. The order of `train` is fixed by the split; epochs visit it by `epochOrder`. */
export type DataSplits = { readonly train: Samples; readonly validation: Samples; readonly test: Samples };

export type Samples = {
  readonly count: number;
  /** Elements of one sample. */
  readonly sampleLength: number;
  /**
   * [count × sampleLength]. Bytes are pixels, read as byte/255 in float32; float32 values are used as they are.
   */
  readonly values: Uint8Array | Float32Array;
  /** [count] class numbers. */
  readonly labels: Uint8Array;
};

/** Where a data set came from and what it is; part of a run's identity and shown in every output. */
export type DataSetInfo = {
  /** `mnist`, `digits`, `and` …, or the folder's name. */
  readonly name: string;
  readonly source: 'mnist' | 'idx' | 'digits' | 'table';
  /** [channels, height, width], or [features]. */
  readonly shape: readonly number[];
  readonly classes: number;
  /** SHA-256 (hex) over all files' uncompressed content, in the order train images, train labels, test images, test labels. */
  readonly sha256: string;
};

/** What a loader gives: the files' own two parts, before the validation samples are held out. */
export type DataSet = { readonly info: DataSetInfo; readonly train: Samples; readonly test: Samples };
