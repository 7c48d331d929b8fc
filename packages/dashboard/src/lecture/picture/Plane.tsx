/** The plane around a truth table as a small network answers everywhere in it, with its boundary and the points. */
import type { Model, Samples } from '@shoal/core';
import type { BoundaryGrid } from '../../model/lab/boundaryGrid.ts';
import { paintBoundary } from '../../model/paint/boundary.ts';
import { SquareCanvas } from './SquareCanvas.tsx';

type Props = {
  readonly model: Model;
  readonly parameters: Float32Array | null;
  /** Of `useGrid` with the same parameters. */
  readonly grid: BoundaryGrid | null;
  readonly samples: Samples;
  readonly label: string;
};

export function Plane({ model, parameters, grid, samples, label }: Props) {
  return (
    <SquareCanvas
      label={label}
      paint={(context, theme, side) =>
        paintBoundary(context, theme, { grid, samples, model, parameters, width: side, height: side })
      }
    />
  );
}
