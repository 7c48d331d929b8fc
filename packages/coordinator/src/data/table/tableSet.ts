/**
 * A table as a data set. Its files are read three times: for what the columns hold, for the statistics of the rows to train
 * on, and for the values, which go straight to their place in the final buffer.
 */
import { basename, resolve } from 'node:path';
import {
  counted,
  type DataSet,
  type DataSpec,
  lengthOf,
  type PreparedColumn,
  preparedLength,
  prepareRow,
  type Samples,
  type TablePreparation,
} from '@shoal/core';
import { DataError } from '../dataError.ts';
import { allocate, setOfParts } from '../parts.ts';
import { type PartName, type Reading, SPLIT_NAMES, someOf, spokenNames } from '../reading.ts';
import { type ColumnContent, ColumnStatistics, ColumnSurvey } from './columns.ts';
import { openCsv } from './csv.ts';
import { type LabelMeaning, Labels, labelColumn } from './labels.ts';
import { PlacedRows, type TablePart } from './placedRows.ts';
import type { Row, RowSource } from './rows.ts';

export type TableSpec = Pick<Extract<DataSpec, { source: 'tabular' }>, 'label' | 'ignore'>;

export const isTableName = (name: string): boolean =>
  !name.startsWith('.') && /\.(csv|tsv|parquet)$|\.(csv|tsv)\.gz$/i.test(name);

/** Fewer columns are rarely a picture. */
const PIXELS_MIN = 16;
const PIXEL_NAME = /^(pixel|pix|px|p|x)?[ _.-]?\d+([ _.x-]\d+)?$|^\d+x\d+$/i;

/** The reader of Parquet is large, and loaded by whoever has such a file. */
export const openTable = async (path: string): Promise<RowSource> =>
  /\.parquet$/i.test(path) ? (await import('./parquet.ts')).openParquet(path) : openCsv(path);

/** `files` has the file of each part; a single one is `train`. @throws DataError */
export async function loadTable(
  place: string,
  files: ReadonlyMap<PartName, string>,
  spec: TableSpec,
  reading: Reading,
): Promise<DataSet> {
  const train = await openTable(files.get('train') as string);
  const label = labelColumn(train, spec.label);
  const ignored = new Set(spec.ignore ?? []);
  const unknown = [...ignored].filter((name) => !train.columns.includes(name));
  if (unknown.length > 0) {
    throw new DataError(
      `${train.name} has no column ${someOf(unknown)} for data.ignore. Its columns are ${someOf(train.columns, 20)}.`,
    );
  }
  const features = train.columns.filter((name) => name !== label && !ignored.has(name));
  if (features.length === 0) {
    throw new DataError(
      `${train.name} has no column beside the label ${label}: there is nothing to predict it from.`,
    );
  }
  const survey = await surveyed(files, train, label, features, reading);
  const { parts, contents, labels } = survey;
  const isRegression = labels.isRegression(reading.fitting);
  const placed = new PlacedRows(parts, labels, isRegression);
  const meaning = labels.meaning(reading.fitting, (row) => placed.isTrained(row));
  const pixels = pixelShape(train, contents, reading);
  const preparation: TablePreparation | null =
    pixels === null ? { label, columns: await statisticsOf(survey, placed, reading) } : null;
  const shape = pixels ?? [preparedLength(preparation as TablePreparation)];
  const samples = await filled(place, survey, placed, { shape, preparation, meaning }, reading);
  if (preparation !== null) {
    tellMixed(contents, reading);
    tellNamesOfRows(contents, preparation.columns, spec.ignore ?? [], reading);
  }
  tellMissing(contents, reading);
  return setOfParts(
    place,
    { train: samples.train as Samples, validation: samples.validation ?? null, test: samples.test ?? null },
    {
      name: basename(resolve(place)).replace(/(\.(csv|tsv|parquet|gz))+$/i, ''),
      source: 'tabular',
      shape,
      ...(meaning.type === 'class'
        ? { classes: meaning.names.length, ...spokenNames(meaning.names) }
        : { classes: 0, target: meaning.scale }),
      ...(preparation !== null && { preparation }),
    },
  );
}

/** What the first reading has found. */
type Survey = {
  readonly parts: readonly TablePart[];
  readonly labels: Labels;
  /** One for each column beside the label that is not left out, in the order of the training file. */
  readonly contents: readonly ColumnContent[];
};

/** First reading: labels and contents of all files. */
async function surveyed(
  files: ReadonlyMap<PartName, string>,
  train: RowSource,
  label: string,
  features: readonly string[],
  reading: Reading,
): Promise<Survey> {
  const labels = new Labels(label);
  let contents: readonly ColumnContent[] | null = null;
  const parts: TablePart[] = [];
  for (const part of SPLIT_NAMES) {
    const path = files.get(part);
    if (path === undefined) continue;
    const source = part === 'train' ? train : await openTable(path);
    const column = source.columns.indexOf(label);
    if (column < 0) {
      // Files of competitions keep the answers to themselves.
      reading.onNotice(
        `${source.name} has no column ${label}, so that nothing can be measured on it: it is left out.`,
      );
      continue;
    }
    const survey: ColumnSurvey = new ColumnSurvey(source, features, contents);
    contents = survey.contents;
    const from = labels.count;
    await source.read(
      (row, at) => {
        labels.add(row, column, source, at);
        survey.add(row, at);
      },
      progressOf(source, 'for its columns', reading),
    );
    parts.push({ source, part, from, to: labels.count });
  }
  if (labels.count === labels.missing) {
    throw new DataError(`${train.name} has no rows with a label ${label}. Point to a file that has some.`);
  }
  if (labels.missing > 0) {
    reading.onNotice(
      `${counted(labels.missing, 'row')} of ${labels.count} without a label ${label} ${labels.missing === 1 ? 'is' : 'are'} left out.`,
    );
  }
  return { parts, labels, contents: contents ?? [] };
}

const progressOf =
  (source: RowSource, what: string, { onProgress }: Reading) =>
  (done: number): void =>
    onProgress({ what: `${source.name} ${what}`, done, total: source.bytes, unit: 'bytes' });

/** Reads all rows that have a label, with the places of the columns that are wanted. */
async function readRows(
  { parts, contents }: Survey,
  what: string,
  reading: Reading,
  onRow: (row: Row, number: number, places: readonly number[], where: () => string) => void,
): Promise<void> {
  for (const { source, from } of parts) {
    const numbers = new Map(source.columns.map((name, place) => [name, place]));
    const places = contents.map(({ name }) => numbers.get(name) as number);
    let number = from;
    await source.read(
      (row, at) => {
        onRow(row, number, places, () => `${source.name}, ${source.rowWord} ${at}`);
        number += 1;
      },
      progressOf(source, what, reading),
    );
  }
}

/** Second reading: mean, deviation and categories of the rows to train on. */
async function statisticsOf(survey: Survey, placed: PlacedRows, reading: Reading): Promise<PreparedColumn[]> {
  const statistics = new ColumnStatistics(survey.contents);
  await readRows(survey, 'for its statistics', reading, (row, number, places) => {
    if (placed.isTrained(number)) statistics.add(row, places);
  });
  return statistics.columns();
}

/** What rows become. */
type Filling = {
  readonly shape: readonly number[];
  /** Null for pixels. */
  readonly preparation: TablePreparation | null;
  readonly meaning: LabelMeaning;
};

/** Third reading: each row into its place. */
async function filled(
  place: string,
  survey: Survey,
  placed: PlacedRows,
  { shape, preparation, meaning }: Filling,
  reading: Reading,
): Promise<{ readonly [P in PartName]?: Samples }> {
  const length = lengthOf(shape);
  const samples: { [P in PartName]?: Samples } = {};
  for (const [part, rows] of placed.rows) {
    const inputs = allocate(place, preparation === null ? 'u8' : 'f32', shape, rows.length);
    samples[part] = { count: rows.length, inputs, targets: meaning.of(rows) };
  }
  await readRows(survey, 'for its values', reading, (row, number, places, where) => {
    const to = placed.placeOf(number);
    if (to === null) return;
    const { values } = (samples[to.part] as Samples).inputs;
    const at = to.place * length;
    if (preparation === null) {
      for (let i = 0; i < length; i += 1) values[at + i] = row.numberOf(places[i] as number);
      return;
    }
    const cellOf = (column: number) => {
      const from = places[column] as number;
      if (row.isMissing(from)) return null;
      return preparation.columns[column]?.type === 'number' ? row.numberOf(from) : row.textOf(from);
    };
    const fault = prepareRow(preparation, cellOf, values as Float32Array, at);
    if (fault !== null)
      throw new DataError(`${where()}: the column ${preparation.columns[fault]?.name} is no number.`);
  });
  return samples;
}

/** Columns of bytes that are as many as a picture has pixels, and named like these, are one; null for other columns. */
function pixelShape(
  { isNameless }: RowSource,
  contents: readonly ColumnContent[],
  { fitting }: Reading,
): readonly number[] | null {
  const count = contents.length;
  const areBytes = contents.every(({ areBytes: are, texts, missing }) => are && texts === 0 && missing === 0);
  if (!areBytes || count < PIXELS_MIN) return null;
  if (!isNameless && !contents.every(({ name }) => PIXEL_NAME.test(name))) return null;
  const { input, isFixed } = fitting;
  if (input.length === 3 && lengthOf(input) === count) return input;
  if (isFixed && input.length === 1) return [count];
  for (const channels of [1, 3]) {
    const side = Math.round(Math.sqrt(count / channels));
    if (side * side * channels === count) return [channels, side, side];
  }
  return null;
}

/** Digits with separators, signs of currency and units. */
const LIKE_A_NUMBER = /^\P{L}{0,3}\d[\d.,'\s]*\P{L}{0,3}$/u;

/** Columns that become categories though they may have been meant as numbers. */
function tellMixed(contents: readonly ColumnContent[], { onNotice }: Reading): void {
  for (const { name, numbers, texts, text } of contents) {
    if (text === null) continue;
    const first = `${text.at}: ${JSON.stringify(text.value)}`;
    if (numbers > texts) {
      onNotice(
        `The column ${name} has numbers in ${counted(numbers, 'row')} and text in ${texts} (${first}), so that it is taken as categories. Leave these cells empty to have numbers.`,
      );
    } else if (LIKE_A_NUMBER.test(text.value)) {
      onNotice(
        `The column ${name} is taken as categories, since ${text.at} has ${JSON.stringify(text.value)}, which is no number. Write numbers without separators of thousands and without units.`,
      );
    }
  }
}

/** Fewer rows may be few by chance, or made up. */
const ROWS_MIN = 20;

/** Columns that tell rows apart, such as the number of a row: a network learns them by heart, and new rows have others. */
function tellNamesOfRows(
  contents: readonly ColumnContent[],
  columns: readonly PreparedColumn[],
  ignored: readonly string[],
  { onNotice }: Reading,
): void {
  const told = contents.flatMap(({ name, numbers, texts, isCounting }, i) => {
    if (isCounting && numbers >= ROWS_MIN) return [{ name, what: `the column ${name} counts the rows` }];
    const column = columns[i];
    const different = column?.type === 'category' ? column.categories.length : 0;
    return different >= ROWS_MIN && 2 * different > texts
      ? [{ name, what: `the column ${name} has ${different} different texts to train on` }]
      : [];
  });
  if (told.length === 0) return;
  const ignore = JSON.stringify([...ignored, ...told.map(({ name }) => name)]);
  const what = someOf(told.map((one) => one.what));
  onNotice(
    `${what[0]?.toUpperCase()}${what.slice(1)}: that tells rows apart and says little about new ones. Leave ${told.length === 1 ? 'it' : 'them'} out with --set 'data.ignore=${ignore}'.`,
  );
}

function tellMissing(contents: readonly ColumnContent[], { onNotice }: Reading): void {
  const holes = contents.filter(({ missing }) => missing > 0);
  if (holes.length === 0) return;
  const told = holes.map(({ name, missing }) => `${name} (${missing})`);
  onNotice(
    `Values are missing in ${someOf(told)}: a missing number is taken as the mean, a missing category as none.`,
  );
}
