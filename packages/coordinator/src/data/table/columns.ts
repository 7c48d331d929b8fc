/** What the columns of a table hold: found by reading all rows, then by the statistics of those to train on. */
import type { PreparedColumn } from '@shoal/core';
import { DataError } from '../dataError.ts';
import { someOf, sortedNames } from '../reading.ts';
import type { Row, RowSource } from './rows.ts';

/** A column of texts with more of them tells rows apart rather than kinds. */
export const CATEGORIES_MAX = 256;

/** What all cells of one column are. */
export type ColumnContent = {
  readonly name: string;
  numbers: number;
  texts: number;
  missing: number;
  /** Of numbers alone: whole numbers of 0 to 255. */
  areBytes: boolean;
  /** Numbers alone, each one more than that of the row before. */
  isCounting: boolean;
  /** The first text, and where it stands. */
  text: { readonly value: string; readonly at: string } | null;
};

/** Takes stock of the cells of columns as rows go by. */
export class ColumnSurvey {
  readonly contents: readonly ColumnContent[];
  readonly #source: RowSource;
  /** Columns of the file, one for each content. */
  readonly #places: readonly number[];
  /** The number of the row before, one for each content. */
  readonly #before: (number | null)[];

  constructor(source: RowSource, names: readonly string[], before: readonly ColumnContent[] | null = null) {
    this.#source = source;
    const places = new Map(source.columns.map((name, place) => [name, place]));
    this.#places = names.map((name) => places.get(name) ?? -1);
    this.contents =
      before ??
      names.map((name) => ({
        ...{ name, numbers: 0, texts: 0, missing: 0 },
        ...{ areBytes: true, isCounting: true, text: null },
      }));
    this.#before = names.map(() => null);
    const absent = names.filter((_, i) => this.#places[i] === -1);
    if (absent.length > 0) {
      throw new DataError(
        `${source.name} lacks the column${absent.length === 1 ? '' : 's'} ${someOf(absent)} that the training file has: all files must have the same columns.`,
      );
    }
  }

  add(row: Row, place: number): void {
    for (const [i, content] of this.contents.entries()) {
      const column = this.#places[i] as number;
      const value = row.numberOf(column);
      if (Number.isFinite(value)) {
        content.numbers += 1;
        if (!(Number.isInteger(value) && value >= 0 && value <= 255)) content.areBytes = false;
        const before = this.#before[i] as number | null;
        if (!(Number.isInteger(value) && (before === null || value === before + 1)))
          content.isCounting = false;
        this.#before[i] = value;
        continue;
      }
      content.isCounting = false;
      if (row.isMissing(column)) {
        content.missing += 1;
      } else if (!Number.isNaN(value)) {
        const { name, rowWord } = this.#source;
        throw new DataError(
          `${name}, ${rowWord} ${place}: the column ${content.name} is ${JSON.stringify(row.textOf(column))}, which is no finite number. Leave it empty, or take the row out.`,
        );
      } else {
        content.texts += 1;
        content.text ??= {
          value: row.textOf(column).slice(0, 40),
          at: `${this.#source.name}, ${this.#source.rowWord} ${place}`,
        };
      }
    }
  }
}

/** Mean and variance of a column of numbers, updated row by row (Welford 1962), or the categories of one of texts. */
type Statistics =
  | { readonly type: 'number'; count: number; mean: number; squares: number }
  | { readonly type: 'category'; readonly seen: Set<string> };

/** Gathers the statistics of the rows to train on. */
export class ColumnStatistics {
  readonly #contents: readonly ColumnContent[];
  readonly #statistics: readonly Statistics[];

  constructor(contents: readonly ColumnContent[]) {
    this.#contents = contents;
    this.#statistics = contents.map(({ texts }) =>
      texts > 0 ? { type: 'category', seen: new Set() } : { type: 'number', count: 0, mean: 0, squares: 0 },
    );
  }

  add(row: Row, places: readonly number[]): void {
    for (const [i, one] of this.#statistics.entries()) {
      const column = places[i] as number;
      if (row.isMissing(column)) continue;
      if (one.type === 'category') {
        if (one.seen.size <= CATEGORIES_MAX) one.seen.add(row.textOf(column));
        continue;
      }
      const value = row.numberOf(column);
      one.count += 1;
      const change = value - one.mean;
      one.mean += change / one.count;
      one.squares += change * (value - one.mean);
    }
  }

  /** @throws DataError for a column of too many texts */
  columns(): PreparedColumn[] {
    return this.#statistics.map((one, i): PreparedColumn => {
      const { name, text, numbers, texts } = this.#contents[i] as ColumnContent;
      if (one.type === 'number') {
        const deviation = Math.sqrt(one.squares / Math.max(1, one.count));
        return { type: 'number', name, mean: one.mean, deviation: deviation > 0 ? deviation : 1 };
      }
      if (one.seen.size <= CATEGORIES_MAX)
        return { type: 'category', name, categories: sortedNames(one.seen) };
      const place = text === null ? '' : ` (${text.at}: ${JSON.stringify(text.value)})`;
      throw new DataError(
        numbers > texts
          ? `The column ${name} has numbers in ${numbers} rows and text in ${texts}${place}: leave those cells empty, or leave the column out with data.ignore.`
          : `The column ${name} has more than ${CATEGORIES_MAX} different texts${place}, as names and descriptions have: leave it out with data.ignore.`,
      );
    });
  }
}
