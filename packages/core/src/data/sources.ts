/**
 * The sources of data, one entry each. The schema and the type of a spec's `data`, what forms offer and what a run does
 * with its samples follow from these; how a source is found and read on a machine is an entry in the coordinator's
 * `data/load.ts`, and what people call it one in `words/`.
 *
 * What can be done with a source's samples shows in the fields that its spec has: with `validation` some are held out,
 * without they are trained on whole and in their own order; with `augment` they are images that may be distorted.
 */
import * as v from 'valibot';
import { DEFAULTS } from '../spec/defaults.ts';
import {
  beginningWith,
  fields,
  listUpTo,
  notNegative,
  number,
  oneOf,
  rate,
  text,
  whole,
} from '../spec/fields.ts';

const SAMPLES_MAX = 16_777_216;
const IGNORED_MAX = 1000;

/** Random shifts, turns, scalings and elastic distortions of training images (Simard et al. 2003); zeros = none. */
const augmentSchema = fields({
  /** Largest shift in pixels, each way. */
  shift: v.optional(number({ least: 0, most: 64, unit: 'pixels' }), 0),
  /** Largest turn in degrees, each way. */
  rotate: v.optional(number({ least: 0, most: 180, unit: 'degrees' }), 0),
  /** Largest relative change of size: 0.1 is 90 % to 110 %. */
  scale: v.optional(rate, 0),
  /** Elastic distortion: strength in pixels (0 = none) and smoothness (standard deviation of the Gaussian, pixels). */
  elastic: v.optional(
    fields({
      alpha: v.optional(notNegative, 0),
      sigma: v.optional(number({ above: 0, most: 64, unit: 'pixels' }), DEFAULTS.elasticSigma),
    }),
    {},
  ),
});

/** How an epoch visits the samples: one by one as they are drawn, or a few blocks of them after another. */
export const ORDERINGS = ['shuffled', 'blocks'] as const;
export type Ordering = (typeof ORDERINGS)[number];

type Immutable<T> = { readonly [K in keyof T]: T[K] extends object ? Immutable<T[K]> : T[K] };
export type AugmentSpec = Immutable<v.InferOutput<typeof augmentSchema>>;

const images = <const N extends string, const E extends v.ObjectEntries>(source: N, entries: E) =>
  fields({
    source: v.literal(source),
    ...entries,
    /** Train on the first `limit` samples of the (seeded) training split; null = all. */
    limit: v.optional(v.nullable(whole(1, SAMPLES_MAX)), null),
    /** Samples of the training set held out, chosen by seed; they take part in no step. */
    validation: v.optional(whole(0, SAMPLES_MAX), DEFAULTS.validation),
    /** By blocks, a stretch of an epoch lies in few data blocks: for workers that have to fetch them over slow lines. */
    order: v.optional(oneOf(ORDERINGS), 'shuffled'),
    augment: v.optional(augmentSchema, {}),
  });

/** Where the folder that holds the data has several sets: the name of the file or folder that is meant. */
const from = { from: v.exactOptional(text(200)) };

/** What a table's columns are for; a label that is not named is looked for by its usual names. */
const columns = {
  label: v.exactOptional(text(200)),
  /** Columns that are left out, such as numbers of rows. */
  ignore: v.exactOptional(listUpTo(IGNORED_MAX, text(200), 'names')),
};

export const TABLE_NAMES = ['and', 'or', 'not', 'xor'] as const;
export type TableName = (typeof TABLE_NAMES)[number];

type SourceEntry = {
  readonly schema: v.GenericSchema;
  /** Training samples before any are held out; null where only the data tells. */
  readonly samples: number | null;
  /** The shape and classes are the user's own: a preset's model is made to fit them, and a source alone does not name a set. */
  readonly isOwn: boolean;
};

export const DATA_SOURCES = {
  /** The four MNIST files, checked. */
  mnist: { schema: images('mnist', {}), samples: 60_000, isOwn: false },
  /** Any folder of four IDX files. */
  idx: { schema: images('idx', from), samples: null, isOwn: true },
  /** PNG and JPEG files in a folder for each class, or such folders in a zip. */
  pictures: { schema: images('pictures', from), samples: null, isOwn: true },
  /** Arrays in .npz or .npy files. */
  numpy: { schema: images('numpy', from), samples: null, isOwn: true },
  /** The binary files of CIFAR-10 or CIFAR-100. */
  cifar: { schema: images('cifar', from), samples: 50_000, isOwn: true },
  /** Rows of a CSV, TSV or Parquet file: of numbers and categories, or of pixels. */
  tabular: { schema: images('tabular', { ...from, ...columns }), samples: null, isOwn: true },
  /** The built-in digits, drawn by a program. */
  digits: { schema: images('digits', {}), samples: 20_000, isOwn: false },
  /** The truth table of a logic gate. */
  table: {
    schema: fields({ source: v.literal('table'), table: beginningWith('xor', oneOf(TABLE_NAMES)) }),
    samples: null,
    isOwn: false,
  },
} as const satisfies Record<string, SourceEntry>;

export type DataSourceName = keyof typeof DATA_SOURCES;
export type DataSpec = {
  readonly [N in DataSourceName]: Immutable<v.InferOutput<(typeof DATA_SOURCES)[N]['schema']>>;
}[DataSourceName];

const { mnist, ...others } = DATA_SOURCES;

export const dataSchema: v.GenericSchema<unknown, DataSpec> = v.variant('source', [
  mnist.schema,
  ...Object.values(others).map(({ schema }) => schema),
]);
