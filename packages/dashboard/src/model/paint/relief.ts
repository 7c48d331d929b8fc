/** Paints a slice through the loss surface as a relief: a landscape seen from above at a slant. */
import type { Theme } from '../../shared/theme.ts';
import { cssColour, heatColour } from './colours.ts';
import { lossNear, paintHere, type SurfacePicture } from './surfaceMap.ts';

/** How steeply one looks down: 0 from the side, 1 from above. */
const TILT = 0.45;
/** What the whole way from the lowest to the highest loss takes of the picture's height. */
const HEIGHT_PART = 0.5;
/** What of the picture's width the square's side takes when it faces the onlooker. */
const SIDE_PART = 0.66;
const NEEDLE_PART = 0.16;
const MARGIN = 12;

type Point = { readonly x: number; readonly y: number; readonly depth: number };

export function paintRelief(context: CanvasRenderingContext2D, theme: Theme, picture: SurfacePicture): void {
  const { surface, scale, angle, width, height } = picture;
  const { side } = surface;
  const turned = (angle * Math.PI) / 180;
  const [cosine, sine] = [Math.cos(turned), Math.sin(turned)];
  const parts = Float64Array.from({ length: side * side }, (_, i) =>
    scale.part(lossNear(surface, Math.floor(i / side), i % side)),
  );
  const project = (column: number, row: number): Point => {
    const [u, v] = [(2 * column) / (side - 1) - 1, (2 * row) / (side - 1) - 1];
    const [across, depth] = [u * cosine - v * sine, u * sine + v * cosine];
    const half = (SIDE_PART * width) / 2;
    const up = half * TILT * depth + height * HEIGHT_PART * parts[row * side + column];
    return { x: width / 2 + half * across, y: -up, depth };
  };
  const flat = Array.from({ length: side * side }, (_, i) => project(i % side, Math.floor(i / side)));
  // As high in the picture as it goes, and no higher.
  const bottom = Math.max(...flat.map(({ y }) => y));
  const points = flat.map((point) => ({ ...point, y: point.y - bottom + height - MARGIN }));

  // From the back to the front, so that what is near covers what is behind.
  const cells = Array.from({ length: (side - 1) * (side - 1) }, (_, i) => {
    const first = Math.floor(i / (side - 1)) * side + (i % (side - 1));
    return [first, first + 1, first + side + 1, first + side] as const;
  }).sort((a, b) => depthOf(points, b) - depthOf(points, a));

  const middle = Math.floor((side * side) / 2);
  context.lineJoin = 'round';
  for (const cell of cells) {
    const part = cell.reduce((sum, corner) => sum + parts[corner], 0) / 4;
    context.beginPath();
    for (const corner of cell) context.lineTo(points[corner].x, points[corner].y);
    context.closePath();
    context.fillStyle = cssColour(heatColour(part));
    context.fill();
    context.lineWidth = 0.75;
    context.strokeStyle = part > 0.55 ? 'rgb(0 0 0 / 35%)' : 'rgb(255 255 255 / 28%)';
    context.stroke();
  }
  // A needle, since where the run stands may lie behind a wall.
  const here = points[middle];
  context.strokeStyle = theme === 'dark' ? '#f0894a' : '#d55e00';
  context.lineWidth = 3;
  context.beginPath();
  context.moveTo(here.x, here.y);
  context.lineTo(here.x, here.y - NEEDLE_PART * height);
  context.stroke();
  paintHere(context, theme, here.x, here.y - NEEDLE_PART * height);
}

function depthOf(points: readonly Point[], cell: readonly number[]): number {
  return cell.reduce((sum, corner) => sum + points[corner].depth, 0);
}
