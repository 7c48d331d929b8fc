/**
 * What is done to the rows of a table before a model sees them, as it is kept with the model: by statistics of the
 * training part alone, so that what is measured on other rows is honest.
 */

/** A column as the model takes it. */
export type PreparedColumn =
  /** (x − mean) / deviation, one value; what is missing counts as the mean. */
  | {
      readonly type: 'number';
      readonly name: string;
      readonly mean: number;
      /** Standard deviation over the training part; 1 where all its values are the same. */
      readonly deviation: number;
    }
  /** One value for each category, 1 at the row's own and 0 elsewhere; all 0 where it is missing or was never seen. */
  | { readonly type: 'category'; readonly name: string; readonly categories: readonly string[] };

/** The columns that make up an input, in their order; the label is none of them. */
export type TablePreparation = { readonly label: string; readonly columns: readonly PreparedColumn[] };

/** What a model of numbers predicts: output × deviation + mean, in the label's own unit. */
export type TargetScale = { readonly name: string; readonly mean: number; readonly deviation: number };

/** Values that a row becomes. */
export const preparedLength = ({ columns }: TablePreparation): number =>
  columns.reduce((sum, column) => sum + (column.type === 'number' ? 1 : column.categories.length), 0);

/** A cell as it was written; null where it is missing. */
export type Cell = string | number | null;

/** What stands for a missing value in files of text, beside nothing at all: as people, pandas, R, SAS and Excel write it. */
const MISSING =
  /^(|na|n\/a|n\.a\.|<na>|-?nan|nat|null|none|\?|\.|--?|[–—]|#(n\/a|na|null!|num!|value!|ref!|name\?|div\/0!))$/i;

export const isMissingText = (text: string): boolean => MISSING.test(text.trim());

/** The number that a cell holds; null where it holds none. */
export const numberOf = (cell: Cell): number | null => {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : null;
  if (cell === null || isMissingText(cell)) return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
};

/**
 * Writes one row to out[at …], [preparedLength]. `cellOf` gives the cell of the column with this number.
 * @returns the number of a column whose cell is there but is no number, or null
 */
export const prepareRow = (
  { columns }: TablePreparation,
  cellOf: (column: number) => Cell,
  out: Float32Array,
  at: number,
): number | null => {
  let place = at;
  for (const [index, column] of columns.entries()) {
    const cell = cellOf(index);
    if (column.type === 'number') {
      const value = numberOf(cell);
      if (value === null && cell !== null && !(typeof cell === 'string' && isMissingText(cell))) return index;
      out[place] = value === null ? 0 : (value - column.mean) / column.deviation;
      place += 1;
      continue;
    }
    out.fill(0, place, place + column.categories.length);
    const known = cell === null ? -1 : column.categories.indexOf(String(cell).trim());
    if (known >= 0) out[place + known] = 1;
    place += column.categories.length;
  }
  return null;
};
