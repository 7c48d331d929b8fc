/** Which row of which file belongs to which part of the data set, and where in it. */
import { testRows } from '../parts.ts';
import { type PartName, SPLIT_NAMES } from '../reading.ts';
import type { Labels } from './labels.ts';
import type { RowSource } from './rows.ts';

/** One file of the table. Rows are numbered over all files in the order in which these are read. */
export type TablePart = {
  readonly source: RowSource;
  readonly part: PartName;
  /** Its rows are [from, to). */
  readonly from: number;
  readonly to: number;
};

export class PlacedRows {
  /** Of each part, the numbers of its rows. */
  readonly rows: ReadonlyMap<PartName, Uint32Array>;
  /** Of each row, the number of its part in `SPLIT_NAMES`, and its place there; −1 for one without a label. */
  readonly #parts: Uint8Array;
  readonly #places: Int32Array;

  /** Without a file to test with, rows of the training file are set apart: of each class, or of all where labels are numbers. */
  constructor(parts: readonly TablePart[], labels: Labels, isRegression: boolean) {
    this.#parts = new Uint8Array(labels.count);
    this.#places = new Int32Array(labels.count).fill(-1);
    for (const { part, from, to } of parts) this.#parts.fill(SPLIT_NAMES.indexOf(part), from, to);
    if (!parts.some(({ part }) => part === 'test')) this.#setApart(labels, isRegression);
    const lists = SPLIT_NAMES.map((): number[] => []);
    for (let row = 0; row < labels.count; row += 1) {
      if (!labels.hasLabel(row)) continue;
      const list = lists[this.#parts[row] as number] as number[];
      this.#places[row] = list.length;
      list.push(row);
    }
    this.rows = new Map(
      SPLIT_NAMES.flatMap((part, i) => {
        const list = lists[i] as number[];
        return list.length === 0 ? [] : [[part, Uint32Array.from(list)] as const];
      }),
    );
  }

  #setApart(labels: Labels, isRegression: boolean): void {
    const train: number[] = [];
    for (let row = 0; row < labels.count; row += 1) {
      if (this.#parts[row] === 0 && labels.hasLabel(row)) train.push(row);
    }
    const classes = isRegression ? null : Uint32Array.from(train, (row) => labels.codeOf(row));
    const test = SPLIT_NAMES.indexOf('test');
    for (const place of testRows(train.length, classes)) this.#parts[train[place] as number] = test;
  }

  isTrained(row: number): boolean {
    return this.#parts[row] === 0 && this.#places[row] !== -1;
  }

  /** Null for a row that is left out. */
  placeOf(row: number): { readonly part: PartName; readonly place: number } | null {
    const place = this.#places[row] as number;
    return place < 0 ? null : { part: SPLIT_NAMES[this.#parts[row] as number] as PartName, place };
  }
}
