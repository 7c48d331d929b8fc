/** The label column: which one it is, what its cells mean, and which rows have one. */
import type { DataFitting, TargetScale, Tensor } from '@shoal/core';
import { DataError } from '../dataError.ts';
import { CLASSES_MAX } from '../parts.ts';
import { someOf, sortedNames, wayOn } from '../reading.ts';
import { scaleOf, standardised } from '../targetScale.ts';
import type { Row, RowSource } from './rows.ts';

const USUAL = ['label', 'labels', 'target', 'class', 'y', 'category', 'species'];
/** Whole numbers of more values than this are counts or amounts where nobody says that they are classes. */
const CLASSES_GUESSED_MAX = 50;

/** @throws DataError with the columns that there are */
export function labelColumn({ name, columns, isNameless }: RowSource, label: string | undefined): string {
  const way = 'Name it with --set data.source=tabular --set data.label=NAME';
  if (label !== undefined) {
    const found =
      columns.find((one) => one === label) ??
      columns.find((one) => one.toLowerCase() === label.toLowerCase());
    if (found !== undefined) return found;
    throw new DataError(
      `${name} has no column ${JSON.stringify(label)} for data.label. Its columns are ${someOf(columns, 20)}.`,
    );
  }
  for (const usual of USUAL) {
    const found = columns.find((one) => one.toLowerCase() === usual);
    if (found !== undefined) return found;
  }
  // A file of pixels without names has the label first, as everybody writes MNIST.
  if (isNameless && columns.length > 16) return columns[0] as string;
  throw new DataError(
    `${name} does not say which column is the label: ${isNameless ? 'its columns have no names' : `none is called ${USUAL.slice(0, 4).join(', ')}`}. ${way}, one of ${someOf(columns, 20)}.`,
  );
}

/** Collects the labels of rows; −1 stands for a row without one. */
export class Labels {
  readonly name: string;
  readonly #numbers: number[] = [];
  readonly #codes: number[] = [];
  readonly #texts = new Map<string, number>();
  #missing = 0;
  #firstText: string | null = null;

  constructor(name: string) {
    this.name = name;
  }

  get count(): number {
    return this.#codes.length;
  }

  get missing(): number {
    return this.#missing;
  }

  add(row: Row, column: number, source: RowSource, place: number): void {
    if (row.isMissing(column)) {
      this.#missing += 1;
      this.#numbers.push(Number.NaN);
      this.#codes.push(-1);
      return;
    }
    const value = row.numberOf(column);
    if (!Number.isNaN(value) && !Number.isFinite(value)) {
      throw new DataError(
        `${source.name}, ${source.rowWord} ${place}: the label ${this.name} is ${JSON.stringify(row.textOf(column))}, which is no finite number. Mend it, or take the row out.`,
      );
    }
    if (Number.isNaN(value))
      this.#firstText ??= `${source.name}, ${source.rowWord} ${place}: ${JSON.stringify(row.textOf(column))}`;
    this.#numbers.push(value);
    this.#codes.push(this.#codeOf(Number.isNaN(value) ? row.textOf(column) : String(value)));
  }

  /** Beyond what can be classes the texts are not kept. */
  #codeOf(text: string): number {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size > CLASSES_MAX) return CLASSES_MAX;
    this.#texts.set(text, this.#texts.size);
    return this.#texts.size - 1;
  }

  hasLabel(row: number): boolean {
    return (this.#codes[row] as number) >= 0;
  }

  /** Numbers rather than classes: what a written model says, else what the labels look like. */
  isRegression({ isFixed, loss }: DataFitting): boolean {
    if (isFixed) return loss === 'squared_error';
    const areWhole = this.#numbers.every((value) => Number.isNaN(value) || Number.isInteger(value));
    return this.#firstText === null && (!areWhole || this.#texts.size > CLASSES_GUESSED_MAX);
  }

  /** @throws DataError */
  meaning(fitting: DataFitting, isTrained: (row: number) => boolean): LabelMeaning {
    const areNumbers = this.#firstText === null;
    if (this.isRegression(fitting)) {
      if (!areNumbers) {
        throw new DataError(
          `The label ${this.name} is to be predicted as a number (model.loss is squared_error), but is a text: ${this.#firstText}. ${wayOn(fitting, 'Mend it, or set model.loss=cross_entropy.')}`,
        );
      }
      const trained = Float64Array.from(
        this.#numbers.filter((value, row) => !Number.isNaN(value) && isTrained(row)),
      );
      const scale = scaleOf(this.name, trained);
      return {
        type: 'number',
        scale,
        of: (rows) =>
          standardised(
            scale,
            Float64Array.from(rows, (row) => this.#numbers[row] as number),
          ),
      };
    }
    if (this.#texts.size > CLASSES_MAX) {
      throw new DataError(
        `The label ${this.name} has more than ${CLASSES_MAX} different values, too many for classes. ${areNumbers ? wayOn(fitting, 'To predict it as a number, set model.loss=squared_error and give the last dense layer 1 unit.') : 'Name another column with data.label.'}`,
      );
    }
    const names = sortedNames(this.#texts.keys());
    const classOf = new Map(names.map((name, number) => [this.#texts.get(name) as number, number]));
    return {
      type: 'class',
      names,
      of: (rows) => ({
        shape: [],
        values: Uint8Array.from(rows, (row) => classOf.get(this.#codes[row] as number) as number),
      }),
    };
  }

  /** Codes of rows in the order of their first appearance: equal for rows of one class. */
  codeOf(row: number): number {
    return this.#codes[row] as number;
  }
}

/** `of` makes targets of rows that have labels. */
export type LabelMeaning =
  | { readonly type: 'number'; readonly scale: TargetScale; readonly of: (rows: Uint32Array) => Tensor }
  | { readonly type: 'class'; readonly names: readonly string[]; readonly of: (rows: Uint32Array) => Tensor };
