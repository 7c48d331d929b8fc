/** Landscapes over two weights: heights, slopes, and the ways that optimizers take down them. */
import { descend, type OptimizerSpec, resolveRunSpec, type ScheduleSpec } from '@shoal/core';

export type Spot = readonly [x: number, y: number];

export type Landscape = {
  readonly height: (x: number, y: number) => number;
  /** What is shown: the same reach along both weights. */
  readonly x: readonly [from: number, to: number];
  readonly y: readonly [from: number, to: number];
};

/** How far apart the places are whose difference is the slope. */
const H = 1e-4;

export const slopeAt = ({ height }: Landscape, [x, y]: Spot): Spot => [
  (height(x + H, y) - height(x - H, y)) / (2 * H),
  (height(x, y + H) - height(x, y - H)) / (2 * H),
];

export type Way = { readonly name: string; readonly look: number; readonly spots: readonly Spot[] };

export type Rule = { readonly optimizer: OptimizerSpec; readonly schedule: ScheduleSpec };

/** With every field that a spec may leave out. */
export function ruleOf(
  optimizer: { readonly type: OptimizerSpec['type']; readonly lr: number; readonly momentum?: number },
  schedule: object = { type: 'constant' },
): Rule {
  const spec = resolveRunSpec({
    data: { source: 'table', table: 'and' },
    model: { input: [2], layers: [{ type: 'dense', units: 1 }], loss: 'mse' },
    ...{ batch: 1, optimizer, schedule },
  });
  return { optimizer: spec.optimizer, schedule: spec.schedule };
}

/** By the optimizers that train; what has left for good stays where it last was. */
export function wayDown(landscape: Landscape, rule: Rule, start: Spot, steps: number): Spot[] {
  const far = 50 * Math.max(...landscape.x.map(Math.abs), ...landscape.y.map(Math.abs));
  return descend(
    rule,
    start,
    (place) => {
      const [x = 0, y = 0] = place;
      return Math.abs(x) > far || Math.abs(y) > far ? [0, 0] : slopeAt(landscape, [x, y]);
    },
    steps,
  ).map(([x = 0, y = 0]) => [x, y]);
}

/** [side × side] heights, rows from below. */
export function heightsOf({ height, x, y }: Landscape, side: number): Float64Array {
  return Float64Array.from({ length: side * side }, (_, i) =>
    height(
      x[0] + ((x[1] - x[0]) * (i % side)) / (side - 1),
      y[0] + ((y[1] - y[0]) * Math.floor(i / side)) / (side - 1),
    ),
  );
}

const well = (x: number, y: number, atX: number, atY: number, width: number): number =>
  Math.exp(-((x - atX) ** 2 + (y - atY) ** 2) / width);

/** Three hollows of different depths with saddles between them. */
export const HILLS: Landscape = {
  height: (x, y) =>
    2.2 +
    0.06 * (x * x + y * y) -
    1.9 * well(x, y, -1.3, 1.0, 1.2) -
    1.1 * well(x, y, 1.4, 1.2, 0.9) -
    1.4 * well(x, y, 0.6, -1.5, 1.0) +
    0.7 * well(x, y, 0, 0.2, 0.6),
  x: [-3, 3],
  y: [-3, 3],
};

/** A valley that is much steeper across than along. */
export const VALLEY: Landscape = {
  height: (x, y) => 0.06 * x * x + 1.2 * y * y,
  x: [-4, 4],
  y: [-4, 4],
};
