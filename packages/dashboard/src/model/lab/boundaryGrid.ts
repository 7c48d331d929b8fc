/** What a model of one or two inputs says everywhere in a square of the plane. */
import type { Executor, Samples } from '@shoal/core';
import { answerOf } from './answer.ts';
import type { Score } from './score.ts';

/** The square that is drawn: half a unit around the four points of a truth table. */
export const PLANE = { from: -0.5, to: 1.5 } as const;

export type BoundaryGrid = {
  /** Columns along the first input; rows along the second, from below; one row where there is one input. */
  readonly columns: number;
  readonly rows: number;
  /** [rows × columns] how much the outputs speak for 1. */
  readonly values: Float32Array;
  /** [rows × columns] what that hangs on, from `scoreOf`; zero is the boundary. */
  readonly scores: Float32Array;
};

/** Where column (or row) `i` of `count` lies. */
export function placeOf(i: number, count: number): number {
  return PLANE.from + ((PLANE.to - PLANE.from) * i) / (count - 1);
}

export type PlaneOptions = {
  readonly executor: Executor;
  /** Compiled from the score's model, for microbatches as large. */
  readonly scorer: Executor;
  readonly score: Score;
  /** Places along each input. */
  readonly side: number;
};

export function evaluatePlane({ executor, scorer, score, side }: PlaneOptions): BoundaryGrid {
  const { model, microbatch } = executor;
  const rows = model.inputLength === 1 ? 1 : side;
  const values = new Float32Array(rows * side);
  const scores = new Float32Array(rows * side);
  for (let from = 0; from < values.length; from += microbatch) {
    const count = Math.min(microbatch, values.length - from);
    for (const { inputs, targets } of [executor, scorer]) {
      for (let i = 0; i < count; i += 1) {
        const [row, column] = [Math.floor((from + i) / side), (from + i) % side];
        inputs[i * model.inputLength] = placeOf(column, side);
        if (rows > 1) inputs[i * model.inputLength + 1] = placeOf(row, side);
        targets[i] = 0;
      }
    }
    executor.evaluate(count);
    scorer.evaluate(count);
    for (let i = 0; i < count; i += 1) {
      const at = i * model.outputs;
      const own = executor.outputs.subarray(at, at + model.outputs);
      values[from + i] = answerOf(model, own).probabilities[1];
      scores[from + i] = score.of(scorer.outputs, at);
    }
  }
  return { columns: side, rows, values, scores };
}

/** How many rows of a truth table it answers rightly. */
export function rightOf(grid: BoundaryGrid, samples: Samples): number {
  const isRight = (label: number, i: number): boolean =>
    label === (valueAt(grid, samples.inputs.values, i) >= 0.5 ? 1 : 0);
  return Array.from(samples.targets.values).filter(isRight).length;
}

/** The grid's value at sample `i` of a truth table: the corners 0 and 1 lie on grid points. */
export function valueAt(grid: BoundaryGrid, values: ArrayLike<number>, i: number): number {
  const inputs = grid.rows === 1 ? 1 : 2;
  const at = (value: number): number => Math.round(((value + 0.5) / 2) * (grid.columns - 1));
  const row = inputs === 1 ? 0 : at(values[2 * i + 1]);
  return grid.values[row * grid.columns + at(values[inputs * i])];
}
