/**
 * The curve of a run's steps, bounded: when there are too many points every second one is dropped, and from then on
 * only every second one is kept. So the points stay evenly spaced, however long the run.
 */
import { columnsOf, emptyColumns, STEP_POINTS_MAX, type StepColumns, type StepPoint } from '@shoal/core';

export class StepHistory {
  readonly #pointsMax: number;
  #points: StepPoint[] = [];
  /** Steps whose number it divides are kept. */
  #stride = 1;

  constructor(pointsMax: number = STEP_POINTS_MAX) {
    this.#pointsMax = pointsMax;
  }

  /** @returns whether the point is kept. Points come in the order of their steps; one that is there is not taken twice. */
  add(point: StepPoint): boolean {
    if (point.globalStep % this.#stride !== 0 || point.globalStep <= this.newest) return false;
    this.#points.push(point);
    while (this.#points.length > this.#pointsMax) {
      this.#stride *= 2;
      this.#points = this.#points.filter(({ globalStep }) => globalStep % this.#stride === 0);
    }
    return true;
  }

  /** The run is back where it was after this step. */
  forgetAfter(step: number): void {
    this.#points = this.#points.filter(({ globalStep }) => globalStep <= step);
  }

  /** Number of the newest step that is kept; 0 without any. */
  get newest(): number {
    return this.#points.at(-1)?.globalStep ?? 0;
  }

  get points(): readonly StepPoint[] {
    return this.#points;
  }

  /** The points of the steps after this one. */
  after(globalStep: number): StepColumns {
    const from = this.#points.findIndex((point) => point.globalStep > globalStep);
    return from < 0 ? emptyColumns() : columnsOf(this.#points.slice(from));
  }
}
