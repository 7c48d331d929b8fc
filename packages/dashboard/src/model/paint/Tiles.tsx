/** A canvas of many small pictures, blue above zero and orange below. */
import type { Theme } from '../../shared/theme.ts';
import { Canvas } from './Canvas.tsx';
import { cssColour, signedColour } from './colours.ts';
import { paintTiles, sizeOf, strongest, type TileLayout } from './tiles.ts';

export type TilesProps = {
  readonly label: string;
  readonly layout: TileLayout;
  readonly values: ArrayLike<number>;
  /** Pictures by themselves are scaled by their own strongest value, not by that of all. */
  readonly each?: boolean;
  /** 1 where a neuron is out. */
  readonly dropped?: Uint8Array | null;
};

export function Tiles({ label, layout, values, each = false, dropped = null }: TilesProps) {
  const { width, height } = sizeOf(layout);
  const area = layout.width * layout.height;
  const paint = (context: CanvasRenderingContext2D, theme: Theme): void => {
    const scales = each
      ? Array.from({ length: layout.count }, (_, tile) => strongest(slice(values, tile * area, area)))
      : [strongest(values)];
    const colourOf = (i: number) =>
      signedColour(theme, values[i] / (scales[each ? Math.floor(i / area) : 0] ?? 1));
    context.putImageData(new ImageData(paintTiles(layout, colourOf), width, height), 0, 0);
    if (dropped !== null) crossOut(context, layout, dropped, theme);
  };
  return <Canvas name="tiles" label={label} width={width} height={height} paint={paint} />;
}

function slice(values: ArrayLike<number>, from: number, length: number): ArrayLike<number> {
  return Array.from({ length }, (_, i) => values[from + i]);
}

/** A neuron that is out has neither light nor ground: its place is empty, with a stroke through it. */
function crossOut(
  context: CanvasRenderingContext2D,
  { width, height, zoom, columns, gap }: TileLayout,
  dropped: Uint8Array,
  theme: Theme,
): void {
  const area = width * height;
  context.strokeStyle = cssColour(theme === 'dark' ? [240, 180, 88] : [138, 82, 0]);
  context.beginPath();
  dropped.forEach((out, i) => {
    if (out === 0) return;
    const tile = Math.floor(i / area);
    const x = (tile % columns) * (width * zoom + gap) + ((i % area) % width) * zoom;
    const y = Math.floor(tile / columns) * (height * zoom + gap) + Math.floor((i % area) / width) * zoom;
    context.clearRect(x, y, zoom, zoom);
    context.moveTo(x + 0.5, y + zoom - 0.5);
    context.lineTo(x + zoom - 0.5, y + 0.5);
  });
  context.stroke();
}
