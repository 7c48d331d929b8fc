/** Many small pictures in one: channels of a convolution, neurons of a dense layer, filters. */
export type Colour = readonly [red: number, green: number, blue: number];

export type TileLayout = {
  readonly count: number;
  /** Of one picture, in values. */
  readonly width: number;
  readonly height: number;
  /** Pixels along one value. */
  readonly zoom: number;
  readonly columns: number;
  /** Pixels between pictures. */
  readonly gap: number;
};

/** How many times as wide as high the whole is to be, about. */
const ASPECT = 1.7;

/** Lays out `count` pictures of at least about `least` pixels each. */
export function layOutTiles(count: number, width: number, height: number, least: number): TileLayout {
  const zoom = Math.max(1, Math.round(least / Math.max(width, height)));
  const side = width * zoom;
  const gap = side <= 12 ? 1 : zoom < 8 ? 2 : 6;
  return { count, width, height, zoom, gap, columns: columnsFor(count, (ASPECT * height) / width) };
}

/** Near the wanted aspect, the number of columns that leaves the fewest places of the last row empty. */
function columnsFor(count: number, aspect: number): number {
  const ideal = Math.sqrt(count * aspect);
  const missed = (columns: number): number =>
    Math.ceil(count / columns) * columns - count + Math.abs(columns - ideal) / ideal;
  let best = Math.max(1, Math.round(ideal));
  for (let columns = Math.ceil(ideal / 1.5); columns <= Math.min(count, 1.5 * ideal); columns += 1) {
    if (missed(columns) < missed(best)) best = columns;
  }
  return best;
}

export function sizeOf({ count, width, height, zoom, columns, gap }: TileLayout): {
  readonly width: number;
  readonly height: number;
} {
  const rows = Math.ceil(count / columns);
  return { width: columns * (width * zoom + gap) - gap, height: rows * (height * zoom + gap) - gap };
}

/** RGBA pixels of all pictures; `colourOf` gives the colour of value `i`, and between pictures nothing is painted. */
export function paintTiles(
  layout: TileLayout,
  colourOf: (i: number) => Colour,
): Uint8ClampedArray<ArrayBuffer> {
  const { count, width, height, zoom, columns, gap } = layout;
  const size = sizeOf(layout);
  const pixels = new Uint8ClampedArray(size.width * size.height * 4);
  for (let tile = 0; tile < count; tile += 1) {
    const left = (tile % columns) * (width * zoom + gap);
    const top = Math.floor(tile / columns) * (height * zoom + gap);
    for (let i = 0; i < width * height; i += 1) {
      const [red, green, blue] = colourOf(tile * width * height + i);
      const x = left + (i % width) * zoom;
      const y = top + Math.floor(i / width) * zoom;
      for (let dy = 0; dy < zoom; dy += 1) {
        let at = ((y + dy) * size.width + x) * 4;
        for (let dx = 0; dx < zoom; dx += 1) {
          pixels[at] = red;
          pixels[at + 1] = green;
          pixels[at + 2] = blue;
          pixels[at + 3] = 255;
          at += 4;
        }
      }
    }
  }
  return pixels;
}

/** The largest absolute value, or 1 where all are zero, to scale colours by. */
export function strongest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i += 1) most = Math.max(most, Math.abs(values[i]));
  return most > 0 ? most : 1;
}
