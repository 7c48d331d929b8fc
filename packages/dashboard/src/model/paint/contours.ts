/** Lines of equal height on a grid, by marching squares. */

export type Segment = readonly [x1: number, y1: number, x2: number, y2: number];

/**
 * Where the surface through [rows × columns] `values` has the height `level`, in grid coordinates. Cells with a value that is
 * not a number are left out.
 */
export function contourOf(
  values: ArrayLike<number>,
  columns: number,
  rows: number,
  level: number,
): Segment[] {
  const segments: Segment[] = [];
  for (let y = 0; y + 1 < rows; y += 1) {
    for (let x = 0; x + 1 < columns; x += 1) {
      const corners = [
        values[y * columns + x],
        values[y * columns + x + 1],
        values[(y + 1) * columns + x + 1],
        values[(y + 1) * columns + x],
      ] as const;
      if (corners.some(Number.isNaN)) continue;
      const crossings = crossingsOf(corners, x, y, level);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        segments.push([...crossings[i], ...crossings[i + 1]]);
      }
    }
  }
  return segments;
}

type Place = readonly [number, number];

/** Where the line enters and leaves a cell, edge after edge around it: none, two, or four of them at a saddle. */
function crossingsOf(
  [a, b, c, d]: readonly [number, number, number, number],
  x: number,
  y: number,
  level: number,
): Place[] {
  const places: Place[] = [];
  const cross = (from: number, to: number, at: (part: number) => Place): void => {
    if (from < level !== to < level) places.push(at((level - from) / (to - from)));
  };
  cross(a, b, (part) => [x + part, y]);
  cross(b, c, (part) => [x + 1, y + part]);
  cross(c, d, (part) => [x + 1 - part, y + 1]);
  cross(d, a, (part) => [x, y + 1 - part]);
  return places;
}
