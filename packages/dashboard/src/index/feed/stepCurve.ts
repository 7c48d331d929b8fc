/** The curve of the steps as the page keeps it: known by step, so that no point is there twice. */
import {
  emptyColumns,
  type MutableStepColumns,
  STEP_FIELDS,
  STEP_POINTS_MAX,
  type StepColumns,
} from '@shoal/core';

/**
 * Owns its columns and lets them grow in place: a run has tens of thousands of points and gets new ones five times a
 * second. `columns` is a new object after every change, so that whoever compares objects notices.
 */
export class StepCurve {
  readonly #pointsMax: number;
  #arrays: MutableStepColumns = emptyColumns();
  #columns: StepColumns = this.#arrays;

  constructor({ pointsMax = STEP_POINTS_MAX }: { readonly pointsMax?: number } = {}) {
    this.#pointsMax = pointsMax;
  }

  get columns(): StepColumns {
    return this.#columns;
  }

  /** The newest step that is known; null while there is none. */
  get newest(): number | null {
    return this.#arrays.globalStep.at(-1) ?? null;
  }

  clear(): void {
    this.#arrays = emptyColumns();
    this.#columns = this.#arrays;
  }

  /** Adds points in ascending order of their steps; one whose step is known replaces what was there. */
  merge(incoming: StepColumns): void {
    const first = incoming.globalStep[0];
    if (first === undefined) return;
    const newest = this.newest;
    if (newest === null || first > newest) this.#append(incoming);
    else this.#interleave(incoming);
    if (this.#arrays.globalStep.length > this.#pointsMax) this.#thin();
    this.#columns = { ...this.#arrays };
  }

  /** Forgets the points after `step`: a resumed run has gone back to its checkpoint and computes them again. */
  dropAfter(step: number): void {
    const newest = this.newest;
    if (newest === null || newest <= step) return;
    const kept = this.#arrays.globalStep.findLastIndex((one) => one <= step) + 1;
    for (const column of STEP_FIELDS) this.#arrays[column].length = kept;
    this.#columns = { ...this.#arrays };
  }

  #append(incoming: StepColumns): void {
    for (const column of STEP_FIELDS) {
      const values = this.#arrays[column];
      for (const value of incoming[column]) values.push(value);
    }
  }

  #interleave(incoming: StepColumns): void {
    const old = this.#arrays;
    const merged = emptyColumns();
    let left = 0;
    let right = 0;
    const take = (from: StepColumns, index: number): void => {
      for (const column of STEP_FIELDS) merged[column].push(from[column][index] ?? Number.NaN);
    };
    while (left < old.globalStep.length || right < incoming.globalStep.length) {
      const oldStep = old.globalStep[left] ?? Number.POSITIVE_INFINITY;
      const newStep = incoming.globalStep[right] ?? Number.POSITIVE_INFINITY;
      if (newStep <= oldStep) {
        take(incoming, right);
        right += 1;
        if (newStep === oldStep) left += 1;
      } else {
        take(old, left);
        left += 1;
      }
    }
    this.#arrays = merged;
  }

  /** Every second point goes, as the coordinator does it; the newest stays. */
  #thin(): void {
    const last = this.#arrays.globalStep.length - 1;
    for (const column of STEP_FIELDS) {
      this.#arrays[column] = this.#arrays[column].filter((_, index) => (last - index) % 2 === 0);
    }
  }
}
