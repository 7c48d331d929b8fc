/** What a model of one or two inputs and one output says everywhere in a square of the plane. */
import type { Executor } from '@shoal/core';
import { ofOne } from './answer.ts';

/** The square that is drawn: half a unit around the four points of a truth table. */
export const PLANE = { from: -0.5, to: 1.5 } as const;

export type BoundaryGrid = {
  /** Columns along the first input; rows along the second, from below; one row where there is one input. */
  readonly columns: number;
  readonly rows: number;
  /** [rows × columns] how much the output speaks for 1; one half is the boundary. */
  readonly values: Float32Array;
};

/** Where column (or row) `i` of `count` lies. */
export function placeOf(i: number, count: number): number {
  return PLANE.from + ((PLANE.to - PLANE.from) * i) / (count - 1);
}

/** Evaluates the model at `side` places along each input. */
export function evaluatePlane(executor: Executor, side: number): BoundaryGrid {
  const { model, microbatch, inputs, targets, outputs } = executor;
  const rows = model.inputLength === 1 ? 1 : side;
  const values = new Float32Array(rows * side);
  for (let from = 0; from < values.length; from += microbatch) {
    const count = Math.min(microbatch, values.length - from);
    for (let i = 0; i < count; i += 1) {
      const [row, column] = [Math.floor((from + i) / side), (from + i) % side];
      inputs[i * model.inputLength] = placeOf(column, side);
      if (rows > 1) inputs[i * model.inputLength + 1] = placeOf(row, side);
      targets[i] = 0;
    }
    executor.evaluate(count);
    for (let i = 0; i < count; i += 1) values[from + i] = ofOne(model, outputs[i]);
  }
  return { columns: side, rows, values };
}
