/** Parquet files, one group of rows after another. */
import { statSync } from 'node:fs';
import { isMissingText, reasonOf } from '@shoal/core';
import {
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { DataError } from '../dataError.ts';
import { COLUMNS_MAX, type Row, type RowSource } from './rows.ts';

/** A page of nothing, as the values of an empty column are, is nothing in any codec; that of LZ4 stumbles over it. */
const UNPACKERS: typeof compressors = Object.fromEntries(
  Object.entries(compressors).map(([codec, unpack]) => [
    codec,
    (packed: Uint8Array, length: number) => (length === 0 ? new Uint8Array() : unpack(packed, length)),
  ]),
);
/** More rows than samples have numbers. */
const ROWS_MAX = 2 ** 31 - 1;

type File = Awaited<ReturnType<typeof asyncBufferFromFile>>;

/** @throws DataError */
export async function openParquet(path: string): Promise<RowSource> {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const { children } = parquetSchema(metadata);
    if (children.length > COLUMNS_MAX) {
      throw new DataError(
        `${path} has ${children.length} columns, but a table may have ${COLUMNS_MAX}: take fewer.`,
      );
    }
    checkContents(path, metadata);
    return new ParquetFile(
      path,
      file,
      metadata,
      children.map(({ element }) => element.name),
    );
  } catch (error) {
    throw told(path, error);
  }
}

/** @throws DataError */
export function checkContents(path: string, { row_groups: groups, num_rows: rows }: FileMetaData): void {
  const codecs = new Set(groups.flatMap(({ columns }) => columns.map(({ meta_data: one }) => one?.codec)));
  const strange = [...codecs].filter(
    (codec) => codec !== undefined && codec !== 'UNCOMPRESSED' && !Object.hasOwn(UNPACKERS, codec),
  );
  if (strange.length > 0) {
    throw new DataError(
      `${path} is compressed with ${strange.join(', ')}, which is not read: write it again with snappy, zstd or gzip.`,
    );
  }
  const counts = [rows, ...groups.map(({ num_rows: count }) => count)].map(Number);
  if (!counts.every((count) => count >= 0 && count <= ROWS_MAX)) {
    throw new DataError(
      `${path} is damaged: it claims ${Math.max(...counts)} rows. Copy or export it again.`,
    );
  }
}

const told = (path: string, error: unknown): DataError =>
  error instanceof DataError
    ? error
    : new DataError(`${path} cannot be read as Parquet: ${reasonOf(error)}. Copy or export it again.`);

class ParquetFile implements RowSource {
  readonly name: string;
  readonly columns: readonly string[];
  readonly isNameless = false;
  readonly bytes: number;
  readonly rowWord = 'row';
  readonly #file: File;
  readonly #metadata: FileMetaData;

  constructor(path: string, file: File, metadata: FileMetaData, columns: readonly string[]) {
    this.name = path;
    this.columns = columns;
    this.bytes = statSync(path).size;
    this.#file = file;
    this.#metadata = metadata;
  }

  async read(onRow: (row: Row, place: number) => void, onBytes: (read: number) => void): Promise<void> {
    const numbers = new Map(this.columns.map((name, i) => [name, i]));
    let from = 0;
    for (const group of this.#metadata.row_groups) {
      const to = from + Number(group.num_rows);
      const row = new GroupRow(this.name, this.columns, to - from);
      try {
        await parquetRead({
          file: this.#file,
          metadata: this.#metadata,
          rowStart: from,
          rowEnd: to,
          compressors: UNPACKERS,
          onChunk: ({ columnName, columnData, rowStart }) => {
            const column = numbers.get(columnName);
            if (column !== undefined) row.put(column, columnData, rowStart - from);
          },
        });
      } catch (error) {
        throw told(this.name, error);
      }
      for (let i = 0; i < to - from; i += 1) {
        row.at = i;
        onRow(row, from + i + 1);
      }
      onBytes(Math.floor((this.bytes * to) / Math.max(1, Number(this.#metadata.num_rows))));
      from = to;
    }
  }
}

class GroupRow implements Row {
  /** Row of the group. */
  at = 0;
  readonly #name: string;
  readonly #columns: readonly string[];
  readonly #values: unknown[][];

  constructor(name: string, columns: readonly string[], rows: number) {
    this.#name = name;
    this.#columns = columns;
    this.#values = columns.map(() => new Array(rows));
  }

  put(column: number, values: ArrayLike<unknown>, from: number): void {
    const own = this.#values[column] as unknown[];
    for (let i = 0; i < values.length; i += 1) {
      const place = from + i;
      if (place >= 0 && place < own.length) own[place] = values[i];
    }
  }

  #value(column: number): unknown {
    const value = this.#values[column]?.[this.at];
    if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
      throw new DataError(
        `${this.#name}, row ${this.at + 1}: the column ${this.#columns[column]} holds ${value instanceof Uint8Array ? 'bytes' : 'lists or records'}, not numbers or texts. Leave it out with data.ignore.`,
      );
    }
    return value;
  }

  numberOf(column: number): number {
    const value = this.#value(column);
    if (typeof value === 'number') return value;
    if (typeof value === 'bigint' || typeof value === 'boolean' || value instanceof Date)
      return Number(value);
    if (typeof value !== 'string' || isMissingText(value)) return Number.NaN;
    return Number(value);
  }

  textOf(column: number): string {
    const value = this.#value(column);
    return value === null || value === undefined ? '' : String(value).trim();
  }

  isMissing(column: number): boolean {
    const value = this.#value(column);
    if (value === null || value === undefined) return true;
    return typeof value === 'string' ? isMissingText(value) : Number.isNaN(value);
  }
}
