/**
 * As winogradTiles.ts, for tiles of 5×5 outputs: 49 elements of patches of 7×7 pixels. In loops over one map for columns and rows:
 * unrolled, this would be as much code as all of the rest, and seven values and their constants do not stay in registers either way.
 */
import { inputBackMap5, inputMap5, outputBackMap5, outputMap5 } from './winogradTransforms5';

/** A half-transformed tile of four samples: [7][7], or [7][5]. */
const half = memory.data(49 * 16, 16);
/** Bytes from one row of seven, or five, to the next. */
const SEVEN: usize = 7 * 16;
const FIVE: usize = 5 * 16;

/** Bᵀ·d·B: 7×7 pixels to 49 elements. */
export function inputTile5(from: usize, row: usize, to: usize, element: usize): void {
  for (const end = from + 32; from < end; from += 16, to += 16) {
    for (let j: usize = 0; j < 7; j++) inputMap5(from + (j << 5), row, half + (j << 4), SEVEN);
    for (let i: usize = 0; i < 7; i++) inputMap5(half + i * SEVEN, 16, to + 7 * i * element, element);
  }
}

/** B·v·Bᵀ: 49 elements, added to 7×7 pixels. */
export function inputBackTile5(from: usize, element: usize, to: usize, row: usize): void {
  for (const end = from + 32; from < end; from += 16, to += 16) {
    for (let j: usize = 0; j < 7; j++) inputBackMap5(from + j * element, 7 * element, half + (j << 4), SEVEN, false);
    for (let i: usize = 0; i < 7; i++) inputBackMap5(half + i * SEVEN, 16, to + i * row, 32, true);
  }
}

/** max(Aᵀ·m·A + bias, floor): 49 elements to 5×5 pixels. */
export function outputTile5(from: usize, element: usize, to: usize, row: usize, bias: v128, floor: v128): void {
  const zero = f32x4.splat(0), any = f32x4.splat(-Infinity);
  for (const end = from + 32; from < end; from += 16, to += 16) {
    for (let j: usize = 0; j < 7; j++) outputMap5(from + j * element, 7 * element, half + (j << 4), SEVEN, zero, any);
    for (let i: usize = 0; i < 5; i++) outputMap5(half + i * SEVEN, 16, to + i * row, 32, bias, floor);
  }
}

/** A·y·Aᵀ: 5×5 pixels to 49 elements. */
export function outputBackTile5(from: usize, row: usize, to: usize, element: usize): void {
  for (const end = from + 32; from < end; from += 16, to += 16) {
    for (let j: usize = 0; j < 5; j++) outputBackMap5(from + (j << 5), row, half + (j << 4), FIVE);
    for (let i: usize = 0; i < 7; i++) outputBackMap5(half + i * FIVE, 16, to + 7 * i * element, element);
  }
}
