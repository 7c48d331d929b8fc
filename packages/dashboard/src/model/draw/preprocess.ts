/**
 * Makes of ink on a canvas what the network was trained on. MNIST's digits were cut out, scaled into a box of 20 × 20 with
 * their proportions kept, and laid with their centre of mass into the middle of 28 × 28 (LeCun et al. 1998); a drawing that
 * is not prepared in the same way is read badly, however neat it is.
 */

/** How much of each pixel is covered with ink, 0 to 255, row after row. */
export type Ink = { readonly width: number; readonly height: number; readonly cover: ArrayLike<number> };

/** Height and width of the network's input. */
export type Field = { readonly height: number; readonly width: number };

type Box = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

/** The part of the field that the digit's larger side fills: 20 of 28 pixels. */
const BOX_PART = 20 / 28;
/** Fainter pixels are the soft edge of a stroke and do not count for the box. */
const INK_MIN = 32;

/** [height × width] values in [0, 1], or null where nothing has been drawn. */
export function preprocess(ink: Ink, field: Field): Float32Array | null {
  const box = boxOf(ink);
  if (box === null) return null;
  const side = BOX_PART * Math.min(field.height, field.width);
  const scale = side / Math.max(box.width, box.height);
  const width = Math.max(1, Math.round(box.width * scale));
  const height = Math.max(1, Math.round(box.height * scale));
  const digit = shrink(ink, box, width, height);
  const centre = centreOfMass(digit, width, height);
  return place(
    digit,
    { width, height },
    field,
    shiftOf(field.width, width, centre.x),
    shiftOf(field.height, height, centre.y),
  );
}

/** The smallest box around all ink. */
function boxOf({ width, height, cover }: Ink): Box | null {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (cover[y * width + x] < INK_MIN) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** Each small pixel is the mean over the area that it covers, which is what keeps the greys of a stroke's edge. */
function shrink(ink: Ink, box: Box, width: number, height: number): Float32Array {
  const small = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const rows = spans(box.top + (y * box.height) / height, box.height / height, ink.height);
    for (let x = 0; x < width; x += 1) {
      const columns = spans(box.left + (x * box.width) / width, box.width / width, ink.width);
      let sum = 0;
      let area = 0;
      for (const [row, tall] of rows) {
        for (const [column, wide] of columns) {
          sum += tall * wide * ink.cover[row * ink.width + column];
          area += tall * wide;
        }
      }
      small[y * width + x] = area > 0 ? sum / area / 255 : 0;
    }
  }
  return small;
}

/** The pixels that [from, from + length) touches, each with how much of it is inside. */
function spans(from: number, length: number, limit: number): [pixel: number, part: number][] {
  const touched: [number, number][] = [];
  const end = Math.min(from + length, limit);
  for (let pixel = Math.floor(from); pixel < end; pixel += 1) {
    const part = Math.min(pixel + 1, end) - Math.max(pixel, from);
    if (part > 0) touched.push([pixel, part]);
  }
  return touched;
}

/** In pixels from the corner; a pixel's own place is its middle. */
export function centreOfMass(
  values: ArrayLike<number>,
  width: number,
  height: number,
): { readonly x: number; readonly y: number } {
  let [mass, x, y] = [0, 0, 0];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const value = values[row * width + column];
      mass += value;
      x += value * (column + 0.5);
      y += value * (row + 0.5);
    }
  }
  return mass > 0 ? { x: x / mass, y: y / mass } : { x: width / 2, y: height / 2 };
}

/** Whole pixels, as in MNIST, and never so far that the digit would leave the field. */
function shiftOf(field: number, size: number, centre: number): number {
  return Math.min(Math.max(Math.round(field / 2 - centre), 0), field - size);
}

function place(
  digit: Float32Array,
  size: { readonly width: number; readonly height: number },
  field: Field,
  left: number,
  top: number,
): Float32Array {
  const placed = new Float32Array(field.width * field.height);
  for (let y = 0; y < size.height; y += 1) {
    for (let x = 0; x < size.width; x += 1) {
      placed[(top + y) * field.width + left + x] = digit[y * size.width + x];
    }
  }
  return placed;
}
