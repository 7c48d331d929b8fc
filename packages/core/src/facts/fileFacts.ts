/**
 * What is wrong with a file that somebody has brought: data in the IDX format, a checkpoint or a model in the safetensors
 * format. `file` is its name. Positions and lengths are in bytes.
 */

type Sizes = readonly number[];

/** The file is shorter or longer than the sizes in its header ask for. */
type IdxLength<T extends string> = {
  readonly type: T;
  readonly file: string;
  readonly expected: number;
  readonly sizes: Sizes;
  readonly bytes: number;
};

/** The file has neither a rank of what was expected nor of what it could be taken for. */
type IdxRank<T extends string> = { readonly type: T; readonly file: string; readonly rank: number };

/** What is in the place of an IDX file. */
export type ForeignContent =
  | 'gzip'
  | 'zip'
  | 'bzip2'
  | 'xz'
  | 'zstd'
  | '7z'
  | 'numpy'
  | 'png'
  /** What Git LFS keeps in the place of a large file. */
  | 'lfsPointer'
  | 'webPage'
  /** An IDX file with its bytes in reverse order. */
  | 'littleEndian';

export type IdxFact =
  | { readonly type: 'idxEmpty'; readonly file: string }
  | { readonly type: 'idxOther'; readonly file: string; readonly content: ForeignContent }
  /** Too short for the magic number that every file begins with. */
  | { readonly type: 'idxNoMagic'; readonly file: string; readonly bytes: number }
  /** The magic number, in hexadecimal digits, is that of something else. */
  | { readonly type: 'idxForeign'; readonly file: string; readonly magic: string }
  /** The elements are of an unknown type; `code` stands for it in the header. */
  | { readonly type: 'idxElements'; readonly file: string; readonly code: number }
  | {
      readonly type: 'idxHeaderCut';
      readonly file: string;
      readonly expected: number;
      readonly rank: number;
      readonly bytes: number;
    }
  | IdxLength<'idxCut'>
  | IdxLength<'idxTooLong'>
  | { readonly type: 'idxLabelsForImages'; readonly file: string }
  | { readonly type: 'idxImagesForLabels'; readonly file: string; readonly rank: number }
  | IdxRank<'idxImageRank'>
  | IdxRank<'idxLabelRank'>
  /** Pixels are floating-point numbers. */
  | { readonly type: 'idxFloats'; readonly file: string; readonly code: number }
  /** A pixel (of image number `image`, from 1) is no whole number of 0 to 255. */
  | {
      readonly type: 'idxPixel';
      readonly file: string;
      readonly code: number;
      readonly image: number;
      readonly value: string;
    }
  /** A label (number `label`, from 1) is no whole number of 0 to 255. */
  | {
      readonly type: 'idxLabel';
      readonly file: string;
      readonly code: number;
      readonly label: number;
      readonly value: string;
    }
  /** More numbers for each sample than labels have. */
  | { readonly type: 'idxLabelColumns'; readonly file: string; readonly columns: number }
  | { readonly type: 'idxNoPixels'; readonly file: string; readonly sizes: Sizes }
  /** Two files that should belong together hold different numbers of samples. */
  | {
      readonly type: 'idxCounts';
      readonly images: string;
      readonly imageCount: number;
      readonly labels: string;
      readonly labelCount: number;
    }
  /** Training and test images, [channels, height, width], differ in shape. */
  | {
      readonly type: 'idxShapes';
      readonly train: string;
      readonly trainShape: Sizes;
      readonly test: string;
      readonly testShape: Sizes;
    };

type OfTensor<T extends string> = { readonly type: T; readonly tensor: string };

export type CheckpointFact =
  /** A safetensors file, but of another format; null where it names none. */
  | { readonly type: 'checkpointForeign'; readonly format: string | null; readonly expected: string }
  | { readonly type: 'checkpointKernels'; readonly written: string; readonly ours: string }
  /** SHA-256 of the run specs, as far as it tells them apart. */
  | { readonly type: 'checkpointSpec'; readonly written: string; readonly ours: string }
  | { readonly type: 'checkpointDamaged' }
  /** The model has no such tensor. */
  | { readonly type: 'checkpointTensor'; readonly tensor: string }
  | {
      readonly type: 'checkpointVector';
      readonly tensor: string;
      readonly dtype: string;
      readonly shape: Sizes;
      readonly length: number;
    }
  | { readonly type: 'checkpointFieldUnread'; readonly field: string }
  | { readonly type: 'checkpointFieldInvalid'; readonly field: string; readonly value: string }
  | { readonly type: 'modelTensorMissing'; readonly tensor: string; readonly shape: Sizes }
  | {
      readonly type: 'modelTensorMisfit';
      readonly tensor: string;
      readonly dtype: string;
      readonly found: Sizes;
      readonly shape: Sizes;
    }
  /** There is no run of this name in the folder to begin with. */
  | { readonly type: 'initialRunUnknown'; readonly run: string; readonly folder: string }
  /** The run has delivered no model yet. */
  | { readonly type: 'initialRunUnfinished'; readonly run: string }
  /** No run in the folder has delivered the file of this hash (as far as it tells files apart), or begun with it. */
  | {
      readonly type: 'initialFileUnknown';
      readonly sha256: string;
      readonly from: string;
      readonly folder: string;
    }
  /** The file is another than the one that the spec names; SHA-256 as far as it tells them apart. */
  | { readonly type: 'initialOther'; readonly named: string; readonly found: string }
  /**
   * The file has no such tensor of what a run is to begin with. `layer` is the entry of the model's layers that needs it,
   * from 1; `fitting` are those before it that could be taken, 0 where these have no parameters.
   */
  | {
      readonly type: 'initialTensorMissing';
      readonly tensor: string;
      readonly shape: Sizes;
      readonly layer: number;
      readonly fitting: number;
    }
  /** It has it, but of another type or shape. */
  | {
      readonly type: 'initialTensorMisfit';
      readonly tensor: string;
      readonly dtype: string;
      readonly found: Sizes;
      readonly shape: Sizes;
      readonly layer: number;
      readonly fitting: number;
    }
  /** It has values that are infinite or no numbers. */
  | OfTensor<'initialTensorNotFinite'>
  | { readonly type: 'safetensorsShort'; readonly bytes: number }
  /** The header claims more bytes than follow; its length can be too large for a number. */
  | { readonly type: 'safetensorsCut'; readonly header: string; readonly bytes: number }
  | { readonly type: 'safetensorsJson' }
  /** The header is JSON, but no object. */
  | { readonly type: 'safetensorsHeader' }
  | { readonly type: 'safetensorsMetadata' }
  | { readonly type: 'safetensorsMetadataField'; readonly field: string }
  | OfTensor<'tensorTypeUnknown'>
  | OfTensor<'tensorPlaceInvalid'>
  | OfTensor<'tensorOverlaps'>
  | OfTensor<'tensorGap'>
  | { readonly type: 'tensorCut'; readonly tensor: string; readonly end: number; readonly bytes: number }
  | {
      readonly type: 'tensorLength';
      readonly tensor: string;
      readonly dtype: string;
      readonly shape: Sizes;
      readonly needed: number;
      readonly bytes: number;
    }
  | { readonly type: 'safetensorsRest'; readonly bytes: number; readonly taken: number };

/** What is wrong with blocks of data that came over the network, or with the manifest that lists them. */
export type BlockFact =
  /** `at` is the path in the manifest; empty for the whole. */
  | { readonly type: 'manifestInvalid'; readonly at: string; readonly value: string }
  | { readonly type: 'manifestTooLarge'; readonly bytes: number; readonly bytesMax: number }
  | {
      readonly type: 'manifestBlockMisfit';
      readonly block: number;
      readonly samples: number;
      readonly sampleBytes: number;
      readonly expectedFrom: number;
      readonly from: number;
      readonly bytes: number;
    }
  | { readonly type: 'manifestCount'; readonly promised: number; readonly held: number }
  | { readonly type: 'blockUnknown'; readonly block: number; readonly blocks: number }
  /** `came` is null where something other than bytes came. */
  | {
      readonly type: 'blockLength';
      readonly block: number;
      readonly bytes: number;
      readonly came: number | null;
    }
  | {
      readonly type: 'blockDamaged';
      readonly block: number;
      readonly found: string;
      readonly expected: string;
    };
