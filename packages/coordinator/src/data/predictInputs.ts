/** What a trained model is asked about, from files of every kind: pictures, archives of them, rows, arrays. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type Cell,
  IdxError,
  lengthOf,
  type Prediction,
  type Predictor,
  parseIdxImages,
  reasonOf,
  type Tensor,
} from '@shoal/core';
import { DataError } from './dataError.ts';
import { inputsAt } from './numpy/arrays.ts';
import { areBytes, layoutOf, readInputs } from './numpy/inputs.ts';
import type { NpyArray } from './numpy/npy.ts';
import { decodePicture } from './pictures/decode.ts';
import { filesBelow, filesIn, isPictureName } from './pictures/pictureList.ts';
import { PictureReader } from './pictures/pictureReader.ts';
import type { Row, RowSource } from './table/rows.ts';
import { isTableName, openTable } from './table/tableSet.ts';
import { readUnpacked } from './unpacked.ts';
import { archiveEntries } from './zip/archive.ts';

export type Predicted = {
  /** The file, and within it the picture, the line or the sample. */
  readonly name: string;
  /** What the model says, or why it could not be asked, as "it is …". */
  readonly prediction: Prediction | { readonly type: 'fault'; readonly reason: string };
};

type Ask = (path: string, predictor: Predictor) => AsyncGenerator<Predicted>;

/** Answers for all that is in a file or folder, in order. @throws DataError for one that cannot be read as what the model takes */
export async function* predictions(path: string, predictor: Predictor): AsyncGenerator<Predicted> {
  const kind = await stat(path).catch(() => null);
  if (kind === null)
    throw new DataError(`There is no file ${path}. Name pictures, archives, tables, arrays or IDX files.`);
  yield* (kind.isDirectory() ? picturesBelow : askOf(path))(path, predictor);
}

function askOf(path: string): Ask {
  const name = basename(path);
  if (isTableName(name)) return tableRows;
  if (/\.np[yz]$/i.test(name)) return arraySamples;
  if (/\.zip$/i.test(name)) return picturesBelow;
  if (/idx[34]|images.*ubyte/i.test(name)) return idxImages;
  return onePicture;
}

function pictureShape({ model }: Predictor, path: string): readonly [number, number, number] {
  const [channels, height, width] = model.inputShape;
  if ((channels === 1 || channels === 3) && height !== undefined && width !== undefined)
    return [channels, height, width];
  throw new DataError(
    `${path} is a picture, but the model takes ${model.inputShape.join(' × ')}, which is none. Give it ${model.inputShape.length === 1 ? 'rows of a table' : 'arrays'}.`,
  );
}

async function* onePicture(path: string, predictor: Predictor): AsyncGenerator<Predicted> {
  const shape = pictureShape(predictor, path);
  const pixels = new Uint8Array(lengthOf(shape));
  try {
    decodePicture(await readFile(path), shape, pixels, 0);
  } catch (error) {
    throw new DataError(
      `${path} cannot be read as a picture: ${reasonOf(error)}. Name a PNG or JPEG file, a .zip of them, or a table.`,
    );
  }
  yield { name: path, prediction: predictor.predict(pixels)[0] as Prediction };
}

async function* picturesBelow(path: string, predictor: Predictor): AsyncGenerator<Predicted> {
  const isArchive = !(await stat(path)).isDirectory();
  const files = (isArchive ? filesIn(archiveEntries(path)) : await filesBelow(path))
    .filter(({ name }) => isPictureName(name))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  if (files.length === 0)
    throw new DataError(
      `${path} has no PNG or JPEG pictures. Name one that has some, or a table, array or IDX file by itself.`,
    );
  const shape = pictureShape(predictor, path);
  const reader = new PictureReader({ place: path, isArchive });
  try {
    for (const { name, entry } of files) {
      const pixels = new Uint8Array(lengthOf(shape));
      const task = { place: path, isArchive, shape, pixels };
      const [fault] = reader.decode(task, {
        from: 0,
        names: [name],
        entries: entry === null ? null : [entry],
      });
      const prediction =
        fault === undefined
          ? (predictor.predict(pixels)[0] as Prediction)
          : ({ type: 'fault', reason: fault.reason } as const);
      yield { name: `${path}/${name}`, prediction };
    }
  } finally {
    reader.close();
  }
}

async function* arraySamples(path: string, predictor: Predictor): AsyncGenerator<Predicted> {
  const arrays = await inputsAt(path);
  for (const array of arrays) {
    const of = arrays.length > 1 ? `${path} ${array.key}` : path;
    const { values } = await samplesOf(array, predictor);
    const answers = predictor.predict(values as Uint8Array | Float32Array);
    for (const [i, prediction] of answers.entries()) yield { name: `${of} [${i}]`, prediction };
  }
}

/** As they are when a model is trained on them; an array that is one sample needs no axis for their number. */
async function samplesOf(array: NpyArray, { model }: Predictor): Promise<Tensor> {
  const { name, header } = array;
  const isOne = lengthOf(header.shape) === model.inputLength && header.shape[0] !== 1;
  const shape = isOne ? [1, ...header.shape] : header.shape;
  const many = { ...array, header: { ...header, shape } };
  const layout = layoutOf(many);
  if (lengthOf(layout.shape) !== model.inputLength) {
    throw new DataError(
      `${name} has samples of ${shape.slice(1).join(' × ')}, but the model takes ${model.inputShape.join(' × ')}. Name an array with samples of that shape.`,
    );
  }
  return readInputs(many, layout, await areBytes([many]), { onProgress: () => {} });
}

async function* idxImages(path: string, predictor: Predictor): AsyncGenerator<Predicted> {
  const { model } = predictor;
  const { shape, values } = idxOf(path, await readUnpacked(path));
  if (lengthOf(shape) !== model.inputLength) {
    throw new DataError(
      `${path} has images of ${shape.join(' × ')}, but the model takes ${model.inputShape.join(' × ')}. Name a file with images of that shape.`,
    );
  }
  for (const [i, prediction] of predictor.predict(values).entries())
    yield { name: `${path} [${i}]`, prediction };
}

function idxOf(name: string, bytes: Uint8Array): ReturnType<typeof parseIdxImages> {
  try {
    return parseIdxImages({ name, bytes });
  } catch (error) {
    if (error instanceof IdxError) throw new DataError(error.message);
    throw error;
  }
}

async function* tableRows(path: string, predictor: Predictor): AsyncGenerator<Predicted> {
  const source = await openTable(path);
  const answered: Predicted[] = [];
  await source.read(readerOf(source, predictor, answered), () => {});
  yield* answered;
}

/** For a model of a table by the names of its columns; for one of pixels by their order, the label left out. */
function readerOf(
  source: RowSource,
  predictor: Predictor,
  answered: Predicted[],
): (row: Row, place: number) => void {
  const { dataSet, model } = predictor;
  const nameOf = (place: number): string => `${source.name} ${source.rowWord} ${place}`;
  if (dataSet?.preparation !== undefined) {
    const { columns } = dataSet.preparation;
    const places = new Map(source.columns.map((name, i) => [name, i]));
    const absent = columns.filter(({ name }) => !places.has(name)).map(({ name }) => name);
    if (absent.length > 0) {
      throw new DataError(
        `${source.name} lacks the column${absent.length === 1 ? '' : 's'} ${absent.slice(0, 10).join(', ')} that the model was trained on. Add ${absent.length === 1 ? 'it' : 'them'}, with empty cells where nothing is known.`,
      );
    }
    return (row, place) => {
      const cells: Record<string, Cell> = {};
      for (const { name, type } of columns) {
        const column = places.get(name) as number;
        cells[name] = row.isMissing(column)
          ? null
          : type === 'number'
            ? cellOf(row, column)
            : row.textOf(column);
      }
      try {
        answered.push({ name: nameOf(place), prediction: predictor.predictRow(cells) });
      } catch (error) {
        answered.push({
          name: nameOf(place),
          prediction: { type: 'fault', reason: reasonOf(error).replace(/\.$/, '') },
        });
      }
    };
  }
  const label = source.columns.findIndex((name) => /^(label|class|target|y)$/i.test(name));
  const columns = source.columns.map((_, i) => i).filter((i) => i !== label);
  const pixels = columns.length === model.inputLength + 1 && source.isNameless ? columns.slice(1) : columns;
  if (pixels.length !== model.inputLength) {
    throw new DataError(
      `${source.name} has ${pixels.length} columns beside a label, but the model takes ${model.inputLength} values. Name a table with a column for each.`,
    );
  }
  const divisor = model.inputShape.length === 3 ? 255 : 1;
  return (row, place) => {
    const values = Float32Array.from(pixels, (column) => row.numberOf(column) / divisor);
    const prediction = values.every(Number.isFinite)
      ? (predictor.predict(values)[0] as Prediction)
      : ({ type: 'fault', reason: 'a value is missing or no number' } as const);
    answered.push({ name: nameOf(place), prediction });
  };
}

const cellOf = (row: Row, column: number): Cell => {
  const value = row.numberOf(column);
  return Number.isNaN(value) ? row.textOf(column) : value;
};
