/** Rows of a table, one after another, from whatever kind of file they are in. */

/** The row at hand; it is another one as soon as the next is read. */
export interface Row {
  /** NaN where the cell is missing or no number, infinite where it says so. */
  numberOf(column: number): number;
  textOf(column: number): string;
  isMissing(column: number): boolean;
}

export interface RowSource {
  /** The path, for sentences. */
  readonly name: string;
  readonly columns: readonly string[];
  /** The columns have no names of their own. */
  readonly isNameless: boolean;
  /** Bytes of the file, and what a row is counted by in sentences: its line, or its number. */
  readonly bytes: number;
  readonly rowWord: 'line' | 'row';
  /**
   * Reads all rows from the first; may be called again. `place` is the row's line or number, `read` how many bytes have been
   * read. @throws DataError naming file and row
   */
  read(onRow: (row: Row, place: number) => void, onBytes: (read: number) => void): Promise<void>;
}

export const COLUMNS_MAX = 65_536;
