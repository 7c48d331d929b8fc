/** A landscape from above with the ways that were taken down it; a press chooses where they begin. */
import { useMemo } from 'preact/hooks';
import { COLOURS } from '../../index/charts/chart.ts';
import { heatColour } from '../../model/paint/colours.ts';
import { contourOf } from '../../model/paint/contours.ts';
import { SquareCanvas } from '../picture/SquareCanvas.tsx';
import { heightsOf, type Landscape, type Spot, type Way } from './landscape.ts';

const SIDE = 81;
const LEVELS = 16;
/** Light ones that stand out from all of the heights, which are the same in both themes. */
const WAY_COLOURS = ['#ffffff', '#ff9d5c', '#7ef0c2', '#ff9bd2', '#9fdcff', '#ffe24d'];

export const wayColour = (look: number): string => WAY_COLOURS[look % COLOURS] as string;

type Props = {
  readonly landscape: Landscape;
  readonly ways: readonly Way[];
  /** How many steps of the ways are shown. */
  readonly at: number;
  readonly label: string;
  readonly onStart?: (spot: Spot) => void;
  /** Heights that have been computed already, [side × side]; else they follow from the landscape. */
  readonly heights?: Float64Array;
};

export function LandscapeMap({ landscape, ways, at, label, onStart, heights: given }: Props) {
  const heights = useMemo(() => given ?? heightsOf(landscape, SIDE), [landscape, given]);
  const side = Math.round(Math.sqrt(heights.length));
  const parts = useMemo(() => partsOf(heights), [heights]);
  const [x0, x1] = landscape.x;
  const [y0, y1] = landscape.y;
  return (
    <SquareCanvas
      label={label}
      {...(onStart === undefined
        ? {}
        : {
            onPress: (across: number, up: number) => onStart([x0 + across * (x1 - x0), y0 + up * (y1 - y0)]),
          })}
      paint={(context, _theme, width) => {
        paintHeights(context, parts, side, width);
        const place = ([x, y]: Spot): Spot => [
          ((x - x0) / (x1 - x0)) * width,
          width - ((y - y0) / (y1 - y0)) * width,
        ];
        for (const way of ways) paintWay(context, way, at, place, width);
      }}
    />
  );
}

/** 0 at the lowest, 1 at the highest; the root shows hollows and not only walls. */
function partsOf(heights: Float64Array): Float64Array {
  const finite = heights.filter(Number.isFinite);
  const low = finite.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  const high = finite.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY);
  return heights.map((one) => Math.sqrt(Math.min(1, (one - low) / (high - low || 1))));
}

function paintHeights(
  context: CanvasRenderingContext2D,
  parts: Float64Array,
  side: number,
  width: number,
): void {
  const small = document.createElement('canvas');
  small.width = side;
  small.height = side;
  const image = new ImageData(side, side);
  parts.forEach((part, i) => {
    const row = side - 1 - Math.floor(i / side);
    // Not the brightest end, on which light ways would be lost.
    image.data.set([...heatColour(part * 0.8), 255], 4 * (row * side + (i % side)));
  });
  small.getContext('2d')?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(small, 0.5, 0.5, side - 1, side - 1, 0, 0, width, width);
  context.lineWidth = 1;
  context.strokeStyle = 'rgb(255 255 255 / 35%)';
  context.beginPath();
  const cell = width / (side - 1);
  for (let level = 1; level < LEVELS; level += 1) {
    for (const [ax, ay, bx, by] of contourOf(parts, side, side, level / LEVELS)) {
      context.moveTo(ax * cell, width - ay * cell);
      context.lineTo(bx * cell, width - by * cell);
    }
  }
  context.stroke();
}

function paintWay(
  context: CanvasRenderingContext2D,
  { spots, look }: Way,
  at: number,
  place: (spot: Spot) => Spot,
  width: number,
): void {
  const shown = spots.slice(0, at + 1).map(place);
  const [first] = shown;
  const last = shown.at(-1);
  if (first === undefined || last === undefined) return;
  const thick = Math.max(2.5, width / 180);
  context.lineJoin = 'round';
  for (const [colour, lineWidth] of [
    ['rgb(0 0 0 / 60%)', thick + 2.5],
    [wayColour(look), thick],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = lineWidth;
    context.beginPath();
    for (const [x, y] of shown) context.lineTo(x, y);
    context.stroke();
  }
  ring(context, first, thick * 2, 'rgb(0 0 0 / 70%)', wayColour(look));
  ring(context, last, thick * 3.2, wayColour(look), '#000000');
}

function ring(
  context: CanvasRenderingContext2D,
  [x, y]: Spot,
  radius: number,
  fill: string,
  stroke: string,
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = stroke;
  context.stroke();
}

/** The ways by name, on the ground on which they are drawn. */
export function WayLegend({
  ways,
  says,
}: {
  readonly ways: readonly Way[];
  readonly says: (way: Way) => string;
}) {
  return (
    <ul class="way-legend">
      {ways.map((way) => (
        <li key={way.name}>
          <span style={{ background: wayColour(way.look) }} class="way-sample" aria-hidden="true" />
          {way.name} <b class="number">{says(way)}</b>
        </li>
      ))}
    </ul>
  );
}
