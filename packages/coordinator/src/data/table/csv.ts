/**
 * Text files of rows (RFC 4180, with any of four separators): fields are numbers or texts in the bytes of the file, and
 * become strings only where somebody asks for one.
 */
import { isUtf8 } from 'node:buffer';
import { createReadStream, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { isMissingText, reasonOf } from '@shoal/core';
import { DataError } from '../dataError.ts';
import { COLUMNS_MAX, type Row, type RowSource } from './rows.ts';

const SEPARATORS = [',', ';', '\t', '|'] as const;
const QUOTE = 0x22;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const COMMA = 0x2c;

const HEAD_BYTES = 4 * 1024 * 1024;
const PIECE_BYTES = 1 << 20;
const RECORD_BYTES_MAX = 16 * 1024 * 1024;

/** No word for a missing value is longer, in quotation marks and with spaces around it. */
const MISSING_BYTES_MAX = 16;

/** Powers of ten that a float64 holds exactly. */
const TENS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const MANTISSA_MAX = 9_007_199_254_740_991;

/** The fields of one record, as places in a buffer. */
class TextRow implements Row {
  buffer: Buffer = Buffer.alloc(0);
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly #decimalComma: boolean;

  constructor(columns: number, separator: number) {
    this.starts = new Int32Array(columns);
    this.ends = new Int32Array(columns);
    // Where commas do not stand between fields they may stand in numbers.
    this.#decimalComma = separator !== COMMA;
  }

  /** Digits with a point are exact as a quotient of two numbers that are; what is longer is left to the host's parser. */
  numberOf(column: number): number {
    const { buffer } = this;
    let at = this.starts[column] as number;
    let end = this.ends[column] as number;
    while (at < end && buffer[at] === 0x20) at += 1;
    while (end > at && buffer[end - 1] === 0x20) end -= 1;
    const negative = buffer[at] === 0x2d;
    const from = negative ? at + 1 : at;
    let mantissa = 0;
    let decimals = -1;
    let digits = 0;
    for (let i = from; i < end; i += 1) {
      const byte = buffer[i] as number;
      if (byte >= 0x30 && byte <= 0x39) {
        mantissa = mantissa * 10 + byte - 0x30;
        digits += 1;
        if (decimals >= 0) decimals += 1;
      } else if (decimals < 0 && (byte === 0x2e || (byte === COMMA && this.#decimalComma))) {
        decimals = 0;
      } else {
        return this.#parsed(column);
      }
    }
    if (digits === 0) return Number.NaN;
    if (mantissa > MANTISSA_MAX || decimals >= TENS.length) return this.#parsed(column);
    const value = decimals > 0 ? mantissa / (TENS[decimals] as number) : mantissa;
    return negative ? -value : value;
  }

  #parsed(column: number): number {
    const text = this.textOf(column);
    if (isMissingText(text)) return Number.NaN;
    if (/^[+-]?inf(inity)?$/i.test(text)) return Number.POSITIVE_INFINITY;
    return Number(this.#decimalComma ? text.replace(',', '.') : text);
  }

  textOf(column: number): string {
    const text = this.buffer.toString('utf8', this.starts[column], this.ends[column]);
    return (text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text).trim();
  }

  isMissing(column: number): boolean {
    const start = this.starts[column] as number;
    const length = (this.ends[column] as number) - start;
    if (length === 0) return true;
    const first = this.buffer[start] as number;
    const isDigit = first >= 0x30 && first <= 0x39;
    return !isDigit && length <= MISSING_BYTES_MAX && isMissingText(this.textOf(column));
  }
}

export type CsvOptions = {
  readonly separator: string;
  readonly columns: readonly string[];
  readonly isNameless: boolean;
};

const streamOf = (path: string): AsyncIterable<Buffer> => {
  const file = createReadStream(path, { highWaterMark: PIECE_BYTES });
  if (!/\.gz$/i.test(path)) return file as AsyncIterable<Buffer>;
  const unzipped = file.pipe(createGunzip({ chunkSize: PIECE_BYTES }));
  file.on('error', (error) => unzipped.destroy(error));
  return unzipped as AsyncIterable<Buffer>;
};

/** Looks at the beginning of a file: its separator and the names of its columns. @throws DataError */
export async function openCsv(path: string): Promise<RowSource> {
  const head = await headOf(path);
  const text = head.toString('utf8').replace(/^\ufeff/, '');
  const separator = separatorOf(path, text);
  const first = firstRecord(path, text, separator);
  const names = fieldsOf(first, separator);
  if (names.length > COLUMNS_MAX) throw tooManyColumns(path, names.length);
  const isNameless = names.every((name) => name !== '' && Number.isFinite(Number(name)));
  const columns = isNameless ? names.map((_, i) => `column ${i + 1}`) : names;
  const seen = new Set<string>();
  const twice = columns.find((name) => name !== '' && (seen.has(name) || !seen.add(name)));
  if (twice !== undefined) {
    throw new DataError(
      `${path} has two columns called ${JSON.stringify(twice)}: give each a name of its own.`,
    );
  }
  return new CsvFile(path, { separator, columns, isNameless });
}

const tooManyColumns = (path: string, columns: number | string): DataError =>
  new DataError(
    `${path} has ${columns} columns, but a table may have ${COLUMNS_MAX}: take fewer, or store the data as .npz.`,
  );

async function headOf(path: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    if (/\.gz$/i.test(path)) {
      for await (const piece of streamOf(path)) {
        pieces.push(piece);
        length += piece.length;
        if (length >= HEAD_BYTES) break;
      }
    } else {
      const file = await open(path);
      try {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
        pieces.push(buffer.subarray(0, bytesRead));
      } finally {
        await file.close();
      }
    }
  } catch (error) {
    throw new DataError(`${path} cannot be read: ${reasonOf(error)}. Check the file and its permissions.`);
  }
  const head = Buffer.concat(pieces);
  if (head.length === 0) throw new DataError(`${path} is empty. Copy or export it again.`);
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    throw new DataError(`${path} is written in UTF-16: save it again as CSV in UTF-8.`);
  }
  if (head.subarray(0, 65_536).includes(0))
    throw new DataError(`${path} is no text: point to a CSV, TSV or Parquet file.`);
  if (!head.includes(NEWLINE) && head.includes(RETURN)) {
    throw new DataError(
      `${path} ends its lines with a carriage return alone, as old programs of the Macintosh do: save it again with common line ends.`,
    );
  }
  checkUtf8(path, head.subarray(0, head.lastIndexOf(NEWLINE) + 1), 1);
  return head;
}

/** Letters of another writing would be lost, and texts that differ become one. `line` is that of the first byte. */
function checkUtf8(path: string, lines: Buffer, line: number): void {
  if (isUtf8(lines)) return;
  let from = 0;
  for (let number = line; ; number += 1) {
    const end = lines.indexOf(NEWLINE, from) + 1 || lines.length;
    if (isUtf8(lines.subarray(from, end)) && end < lines.length) {
      from = end;
      continue;
    }
    throw new DataError(
      `${path}, line ${number} is not written in UTF-8, but perhaps in GBK or Latin-1: save it again as CSV in UTF-8.`,
    );
  }
}

/** Where the first record ends, quotes aside; a table's columns must fit the part that is looked at. */
function firstRecord(path: string, text: string, separator: string): string {
  let quoted = false;
  let columns = 1;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === separator) columns += 1;
    else if (character === '\n') {
      if (text.slice(0, i).trim() !== '') return text.slice(0, i).replace(/\r$/, '');
    }
  }
  if (columns > COLUMNS_MAX) throw tooManyColumns(path, `more than ${COLUMNS_MAX}`);
  return text;
}

function separatorOf(path: string, text: string): string {
  if (/\.tsv(\.gz)?$/i.test(path)) return '\t';
  const line = text
    .slice(0, text.indexOf('\n') < 0 ? text.length : text.indexOf('\n'))
    .replaceAll(/"[^"]*"/g, '');
  const counts = SEPARATORS.map((one) => line.split(one).length - 1);
  return SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ',';
}

function fieldsOf(record: string, separator: string): string[] {
  const fields: string[] = [];
  let from = 0;
  let quoted = false;
  for (let i = 0; i <= record.length; i += 1) {
    if (record[i] === '"') quoted = !quoted;
    if (i < record.length && (quoted || record[i] !== separator)) continue;
    const field = record.slice(from, i).trim();
    fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    from = i + 1;
  }
  return fields;
}

class CsvFile implements RowSource {
  readonly name: string;
  readonly columns: readonly string[];
  readonly isNameless: boolean;
  readonly bytes: number;
  readonly rowWord = 'line';
  readonly #separator: number;

  constructor(path: string, { separator, columns, isNameless }: CsvOptions) {
    this.name = path;
    this.columns = columns;
    this.isNameless = isNameless;
    this.bytes = statSync(path).size;
    this.#separator = separator.charCodeAt(0);
  }

  async read(onRow: (row: Row, place: number) => void, onBytes: (read: number) => void): Promise<void> {
    const row = new TextRow(this.columns.length, this.#separator);
    const records = new Records(this, this.#separator, row, onRow);
    let read = 0;
    try {
      for await (const piece of streamOf(this.name)) {
        records.add(piece);
        read += piece.length;
        onBytes(Math.min(read, this.bytes));
      }
    } catch (error) {
      if (error instanceof DataError) throw error;
      throw new DataError(`${this.name} cannot be read: ${reasonOf(error)}. Copy or export it again.`);
    }
    records.end();
  }
}

/** Cuts pieces of a file into records, and these into fields. */
class Records {
  readonly #file: CsvFile;
  readonly #separator: number;
  readonly #row: TextRow;
  readonly #onRow: (row: Row, place: number) => void;
  #rest: Buffer = Buffer.alloc(0);
  #line = 1;
  #isFirst = true;
  /** Fields and lines of the record at hand. */
  #fields = 0;
  #lines = 0;

  constructor(file: CsvFile, separator: number, row: TextRow, onRow: (row: Row, place: number) => void) {
    this.#file = file;
    this.#separator = separator;
    this.#row = row;
    this.#onRow = onRow;
  }

  add(piece: Buffer): void {
    const data = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    this.#rest = Buffer.from(data.subarray(this.#take(data, false)));
    if (this.#rest.length > RECORD_BYTES_MAX) {
      throw new DataError(
        `${this.#file.name} has a record of more than ${RECORD_BYTES_MAX} bytes at line ${this.#line}: a quotation mark is probably not closed there.`,
      );
    }
  }

  end(): void {
    if (this.#rest.length > 0) this.#take(this.#rest, true);
  }

  /** @returns where the first record begins that does not end within the data */
  #take(data: Buffer, isLast: boolean): number {
    const line = this.#line;
    const end = this.#takeRecords(data, isLast);
    checkUtf8(this.#file.name, data.subarray(0, end), line);
    return end;
  }

  #takeRecords(data: Buffer, isLast: boolean): number {
    let at = this.#isFirst && data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? 3 : 0;
    while (at < data.length) {
      const next = this.#record(data, at, isLast);
      if (next < 0) break;
      this.#emit(data, at, next);
      at = next;
    }
    return at;
  }

  /** Finds the fields of the record at `from`. @returns where the next begins, or −1 where this one does not end here */
  #record(data: Buffer, from: number, isLast: boolean): number {
    const { starts, ends } = this.#row;
    const columns = starts.length;
    const separator = this.#separator;
    this.#fields = 0;
    this.#lines = 1;
    let at = from;
    for (;;) {
      const start = at;
      if (data[at] === QUOTE) {
        at = this.#quoteEnd(data, at + 1);
        if (at < 0) {
          if (!isLast) return -1;
          throw new DataError(
            `${this.#file.name}, line ${this.#line}: a quotation mark is not closed. Close it, or take it out.`,
          );
        }
      }
      while (at < data.length && data[at] !== separator && data[at] !== NEWLINE) at += 1;
      if (at === data.length && !isLast) return -1;
      if (this.#fields < columns) {
        starts[this.#fields] = start;
        ends[this.#fields] = data[at] !== separator && at > start && data[at - 1] === RETURN ? at - 1 : at;
      }
      this.#fields += 1;
      if (at === data.length) return at;
      at += 1;
      if (data[at - 1] === NEWLINE) return at;
    }
  }

  /** Behind the quotation mark that ends a field; −1 where none does. */
  #quoteEnd(data: Buffer, from: number): number {
    for (let at = from; at < data.length; at += 1) {
      if (data[at] === NEWLINE) this.#lines += 1;
      if (data[at] !== QUOTE) continue;
      if (data[at + 1] !== QUOTE) return at + 1;
      at += 1;
    }
    return -1;
  }

  #emit(data: Buffer, from: number, next: number): void {
    const line = this.#line;
    this.#line += this.#lines;
    const isBlank = this.#fields === 1 && data.toString('latin1', from, next).trim() === '';
    if (isBlank) return;
    const { columns, name, isNameless } = this.#file;
    if (this.#isFirst) {
      this.#isFirst = false;
      if (!isNameless) return;
    }
    if (this.#fields !== columns.length) {
      throw new DataError(
        `${name}, line ${line} has ${this.#fields} fields, but the table has ${columns.length} columns. Mend the line: a field with a separator in it needs quotation marks.`,
      );
    }
    this.#row.buffer = data;
    this.#onRow(this.#row, line);
  }
}
