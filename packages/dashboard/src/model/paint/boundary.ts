/** Paints what a model says in the plane: colours, the boundary, the lines of the first layer, the points of the table. */
import type { Model, Samples } from '@shoal/core';
import type { Theme } from '../../shared/theme.ts';
import { type BoundaryGrid, PLANE } from '../lab/boundaryGrid.ts';
import { cssColour, signedColour } from './colours.ts';
import { contourOf } from './contours.ts';

export type BoundaryPicture = {
  readonly grid: BoundaryGrid | null;
  readonly samples: Samples;
  readonly model: Model;
  readonly parameters: Float32Array | null;
  readonly width: number;
  readonly height: number;
};

export function paintBoundary(
  context: CanvasRenderingContext2D,
  theme: Theme,
  picture: BoundaryPicture,
): void {
  const { grid, width, height } = picture;
  const ink = theme === 'dark' ? '#e8ecf1' : '#17202b';
  const place = {
    x: (value: number): number => ((value - PLANE.from) / (PLANE.to - PLANE.from)) * width,
    y: (value: number): number =>
      picture.model.inputLength === 1
        ? height / 2
        : height - ((value - PLANE.from) / (PLANE.to - PLANE.from)) * height,
  };
  if (grid !== null) paintGround(context, theme, grid, width, height);
  context.strokeStyle = ink;
  if (grid !== null && grid.rows > 1) {
    paintFirstLines(context, picture, place);
    paintEdge(context, grid, width, height);
  } else if (grid !== null) {
    paintThresholds(context, grid, width, height);
  }
  paintPoints(context, theme, ink, picture, place);
}

type Place = { readonly x: (value: number) => number; readonly y: (value: number) => number };

/** Blue where it says 1, orange where it says 0. The grid's middle points are smoothed into an even ground. */
function paintGround(
  context: CanvasRenderingContext2D,
  theme: Theme,
  { columns, rows, values }: BoundaryGrid,
  width: number,
  height: number,
): void {
  const small = document.createElement('canvas');
  small.width = columns;
  small.height = rows;
  const image = new ImageData(columns, rows);
  values.forEach((value, i) => {
    const row = rows - 1 - Math.floor(i / columns);
    // Kept off the ends of the scale, so that the points stand out.
    const [red, green, blue] = signedColour(theme, 0.5 * (2 * value - 1));
    image.data.set([red, green, blue, 255], 4 * (row * columns + (i % columns)));
  });
  small.getContext('2d')?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(small, 0.5, 0, columns - 1, rows, 0, 0, width, height);
}

/** The boundary, where the answer changes. */
function paintEdge(
  context: CanvasRenderingContext2D,
  { columns, rows, scores }: BoundaryGrid,
  width: number,
  height: number,
): void {
  context.lineWidth = 4;
  context.lineCap = 'round';
  context.beginPath();
  for (const [x1, y1, x2, y2] of contourOf(scores, columns, rows, 0)) {
    context.moveTo((x1 / (columns - 1)) * width, height - (y1 / (rows - 1)) * height);
    context.lineTo((x2 / (columns - 1)) * width, height - (y2 / (rows - 1)) * height);
  }
  context.stroke();
}

/** With one input the boundary is a place on the line. */
function paintThresholds(
  context: CanvasRenderingContext2D,
  { columns, scores }: BoundaryGrid,
  width: number,
  height: number,
): void {
  context.lineWidth = 4;
  context.beginPath();
  for (let i = 0; i + 1 < columns; i += 1) {
    if (scores[i] < 0 === scores[i + 1] < 0) continue;
    const x = ((i - scores[i] / (scores[i + 1] - scores[i])) / (columns - 1)) * width;
    context.moveTo(x, 0);
    context.lineTo(x, height);
  }
  context.stroke();
}

/** Each hidden neuron of the first layer draws one straight line, w₁x₁ + w₂x₂ + b = 0; the network bends its boundary from them. */
function paintFirstLines(
  context: CanvasRenderingContext2D,
  { model, parameters }: BoundaryPicture,
  place: Place,
): void {
  const first = model.layers[0];
  if (parameters === null || first?.type !== 'dense' || first.units < 2) return;
  context.lineWidth = 1;
  context.setLineDash([5, 5]);
  context.beginPath();
  for (let unit = 0; unit < first.units; unit += 1) {
    const [a, b] = [
      parameters[first.weight.offset + 2 * unit],
      parameters[first.weight.offset + 2 * unit + 1],
    ];
    const c = first.bias === null ? 0 : parameters[first.bias.offset + unit];
    // Far beyond the square on both sides of the line's point that is nearest to the origin.
    const length = Math.sqrt(a * a + b * b);
    if (length === 0) continue;
    const [nearX, nearY] = [(-c * a) / (length * length), (-c * b) / (length * length)];
    const [alongX, alongY] = [(-b / length) * 10, (a / length) * 10];
    context.moveTo(place.x(nearX - alongX), place.y(nearY - alongY));
    context.lineTo(place.x(nearX + alongX), place.y(nearY + alongY));
  }
  context.stroke();
  context.setLineDash([]);
}

/** A disc for 1 and a ring for 0, so that the shape says it too. */
function paintPoints(
  context: CanvasRenderingContext2D,
  theme: Theme,
  ink: string,
  { samples, model }: BoundaryPicture,
  place: Place,
): void {
  context.lineWidth = 4;
  context.font = '600 17px system-ui, sans-serif';
  context.textBaseline = 'middle';
  samples.targets.values.forEach((label, i) => {
    const x = place.x(samples.inputs.values[i * model.inputLength]);
    const y = place.y(samples.inputs.values[i * model.inputLength + 1] ?? 0);
    context.beginPath();
    context.arc(x, y, 16, 0, 2 * Math.PI);
    context.fillStyle = theme === 'dark' ? '#11161d' : '#ffffff';
    context.fill();
    context.beginPath();
    context.arc(x, y, 12, 0, 2 * Math.PI);
    context.fillStyle = cssColour(signedColour(theme, label === 1 ? 0.75 : -0.75));
    context.fill();
    context.strokeStyle = ink;
    context.stroke();
    if (label === 0) {
      context.beginPath();
      context.arc(x, y, 5, 0, 2 * Math.PI);
      context.fillStyle = theme === 'dark' ? '#11161d' : '#ffffff';
      context.fill();
    }
    context.fillStyle = ink;
    context.fillText(String(label), x + 22, y - 18);
  });
}
