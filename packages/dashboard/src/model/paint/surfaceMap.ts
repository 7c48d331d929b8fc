/** Paints a slice through the loss surface from above: colours by the logarithm of the loss, and lines of equal loss. */
import type { Theme } from '../../shared/theme.ts';
import type { Surface } from '../lab/surface.ts';
import { cssColour, heatColour } from './colours.ts';
import { contourOf } from './contours.ts';

/** What colours and heights stand for. Losses span decades, so both follow the logarithm. */
export type SurfaceScale = {
  readonly low: number;
  readonly high: number;
  /** 0 at the lowest loss, 1 at the highest that is told apart. */
  readonly part: (loss: number) => number;
  /** The loss at a part of the way. */
  readonly lossAt: (part: number) => number;
};

export type SurfacePicture = {
  readonly surface: Surface;
  readonly scale: SurfaceScale;
  /** Degrees. */
  readonly angle: number;
  readonly width: number;
  readonly height: number;
};

/** A loss is told apart up to this many times the lowest; the walls beyond are all one height. */
const SPAN_MAX = 1e4;
/** Losses of almost nothing are one as good as the other. */
const LOW_MIN = 1e-4;
const LEVELS = 12;

export function scaleOf(losses: ArrayLike<number>): SurfaceScale {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < losses.length; i += 1) {
    if (Number.isNaN(losses[i])) continue;
    low = Math.min(low, losses[i]);
    high = Math.max(high, losses[i]);
  }
  low = Math.max(low === Number.POSITIVE_INFINITY ? 1 : low, LOW_MIN);
  high = Math.min(Math.max(high, low * 1.01), low * SPAN_MAX);
  const [from, to] = [Math.log(low), Math.log(high)];
  return {
    low,
    high,
    part: (loss) => Math.min(Math.max((Math.log(Math.max(loss, LOW_MIN)) - from) / (to - from), 0), 1),
    lossAt: (part) => Math.exp(from + part * (to - from)),
  };
}

/** The value at a place, or of the nearest coarser place while that has not been computed. */
export function lossNear({ losses, side }: Surface, row: number, column: number): number {
  for (const stride of [1, 2, 4, 8]) {
    const nearest = (i: number): number => Math.min(Math.round(i / stride) * stride, side - 1);
    const loss = losses[nearest(row) * side + nearest(column)];
    if (!Number.isNaN(loss)) return loss;
  }
  return Number.NaN;
}

export function paintSurfaceMap(
  context: CanvasRenderingContext2D,
  theme: Theme,
  { surface, scale, width, height }: SurfacePicture,
): void {
  const { side } = surface;
  const edge = Math.min(width, height);
  const left = (width - edge) / 2;
  const heights = Float64Array.from({ length: side * side }, (_, i) =>
    scale.part(lossNear(surface, Math.floor(i / side), i % side)),
  );
  const small = document.createElement('canvas');
  small.width = side;
  small.height = side;
  const image = new ImageData(side, side);
  heights.forEach((part, i) => {
    image.data.set([...heatColour(part), 255], 4 * ((side - 1 - Math.floor(i / side)) * side + (i % side)));
  });
  small.getContext('2d')?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(small, 0.5, 0.5, side - 1, side - 1, left, 0, edge, edge);

  const x = (place: number): number => left + (place / (side - 1)) * edge;
  const y = (place: number): number => edge - (place / (side - 1)) * edge;
  context.lineWidth = 1.5;
  for (let level = 1; level < LEVELS; level += 1) {
    // Dark lines on what is light and light ones on what is dark.
    context.strokeStyle = level > LEVELS / 2 ? 'rgb(0 0 0 / 55%)' : 'rgb(255 255 255 / 65%)';
    context.beginPath();
    for (const [x1, y1, x2, y2] of contourOf(heights, side, side, level / LEVELS)) {
      context.moveTo(x(x1), y(y1));
      context.lineTo(x(x2), y(y2));
    }
    context.stroke();
  }
  paintHere(context, theme, x((side - 1) / 2), y((side - 1) / 2));
}

/** Where the run stands. */
export function paintHere(context: CanvasRenderingContext2D, theme: Theme, x: number, y: number): void {
  context.beginPath();
  context.arc(x, y, 8, 0, 2 * Math.PI);
  context.fillStyle = theme === 'dark' ? '#f0894a' : '#d55e00';
  context.fill();
  context.lineWidth = 3;
  context.strokeStyle = '#ffffff';
  context.stroke();
}

/** The colours with the losses that they stand for. */
export function paintSurfaceScale(
  context: CanvasRenderingContext2D,
  theme: Theme,
  scale: SurfaceScale,
  width: number,
): void {
  for (let x = 0; x < width; x += 1) {
    context.fillStyle = cssColour(heatColour(x / (width - 1)));
    context.fillRect(x, 0, 1, 12);
  }
  context.fillStyle = theme === 'dark' ? '#a6b1bf' : '#55606e';
  context.font = '13px system-ui, sans-serif';
  context.textBaseline = 'top';
  for (const [part, align] of [
    [0, 'left'],
    [1 / 3, 'center'],
    [2 / 3, 'center'],
    [1, 'right'],
  ] as const) {
    context.textAlign = align;
    context.fillText(scale.lossAt(part).toPrecision(2), part * width, 17);
  }
}
