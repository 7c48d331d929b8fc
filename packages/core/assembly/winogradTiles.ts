/**
 * Two-dimensional maps of one tile and channel, for the eight samples of a group: the columns first, into `half`, then the
 * rows. Within a map every place in `half` is a constant distance away: an address computed anew for each of the 144
 * loads and stores costs as much as the arithmetic. Both halves of a vector of eight are done one after the other.
 *
 * `element` is the distance between the planes of the 36 elements, `row` that between rows of an image or patch.
 */
import { constant, inputBackMap, inputMap, outputBackMap, outputMap } from './winogradTransforms';

/** A half-transformed tile of four samples: [6][6], or [6][4]. */
const half = memory.data(36 * 16, 16);
/** Bytes from one row of six, or four, to the next. */
const SIX: usize = 6 * 16;
const FOUR: usize = 4 * 16;

/** Bᵀ·d·B: 6×6 pixels to 36 elements. */
export function inputTile(from: usize, row: usize, to: usize, element: usize): void {
  const a = constant(0), b = constant(1), a2 = constant(2), b2 = constant(3), ab = constant(4), s = constant(5);
  const r2 = <usize>2 * row, r3 = <usize>3 * row, r4 = <usize>4 * row, r5 = <usize>5 * row;
  const e2 = <usize>2 * element, e3 = <usize>3 * element, e4 = <usize>4 * element, e5 = <usize>5 * element, e6 = <usize>6 * element;
  for (const end = from + 32; from < end; from += 16, to += 16) {
    let p = from;
    for (let h = half, last = half + SIX; h < last; h += 16, p += 32) {
      inputMap(p, p + row, p + r2, p + r3, p + r4, p + r5, 0, 0, h, h, h, h, h, h, 0, SIX, a, b, a2, b2, ab, s);
    }
    let t = to;
    for (let h = half, last = half + 6 * SIX; h < last; h += SIX, t += e6) {
      inputMap(h, h, h, h, h, h, 0, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, 0, 0, a, b, a2, b2, ab, s);
    }
  }
}

/** B·v·Bᵀ: 36 elements, added to 6×6 pixels. */
export function inputBackTile(from: usize, element: usize, to: usize, row: usize): void {
  const a = constant(0), b = constant(1), a2 = constant(2), b2 = constant(3), ab = constant(4), s = constant(5);
  const e6 = <usize>6 * element, e12 = <usize>12 * element, e18 = <usize>18 * element, e24 = <usize>24 * element, e30 = <usize>30 * element;
  for (const end = from + 32; from < end; from += 16, to += 16) {
    let p = from;
    for (let h = half, last = half + SIX; h < last; h += 16, p += element) {
      inputBackMap(p, p + e6, p + e12, p + e18, p + e24, p + e30, 0, 0, h, h, h, h, h, h, 0, SIX, false, a, b, a2, b2, ab, s);
    }
    let t = to;
    for (let h = half, last = half + 6 * SIX; h < last; h += SIX, t += row) {
      inputBackMap(h, h, h, h, h, h, 0, 16, t, t, t, t, t, t, 0, 32, true, a, b, a2, b2, ab, s);
    }
  }
}

/** max(Aᵀ·m·A + bias, floor): 36 elements to 4×4 pixels. */
export function outputTile(from: usize, element: usize, to: usize, row: usize, bias: v128, floor: v128): void {
  const a = constant(0), b = constant(1), a2 = constant(2), b2 = constant(3);
  const e6 = <usize>6 * element, e12 = <usize>12 * element, e18 = <usize>18 * element, e24 = <usize>24 * element, e30 = <usize>30 * element;
  for (const end = from + 32; from < end; from += 16, to += 16) {
    let p = from;
    for (let h = half, last = half + SIX; h < last; h += 16, p += element) {
      outputMap(p, p + e6, p + e12, p + e18, p + e24, p + e30, 0, 0, h, h, h, h, 0, SIX, bias, floor, false, a, b, a2, b2);
    }
    let t = to;
    for (let h = half, last = half + 4 * SIX; h < last; h += SIX, t += row) {
      outputMap(h, h, h, h, h, h, 0, 16, t, t, t, t, 0, 32, bias, floor, true, a, b, a2, b2);
    }
  }
}

/** A·y·Aᵀ: 4×4 pixels to 36 elements. */
export function outputBackTile(from: usize, row: usize, to: usize, element: usize): void {
  const a = constant(0), b = constant(1), a2 = constant(2), b2 = constant(3);
  const r2 = <usize>2 * row, r3 = <usize>3 * row;
  const e2 = <usize>2 * element, e3 = <usize>3 * element, e4 = <usize>4 * element, e5 = <usize>5 * element, e6 = <usize>6 * element;
  for (const end = from + 32; from < end; from += 16, to += 16) {
    let p = from;
    for (let h = half, last = half + FOUR; h < last; h += 16, p += 32) {
      outputBackMap(p, p + row, p + r2, p + r3, 0, 0, h, h, h, h, h, h, 0, FOUR, a, b, a2, b2);
    }
    let t = to;
    for (let h = half, last = half + 6 * FOUR; h < last; h += FOUR, t += e6) {
      outputBackMap(h, h, h, h, 0, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, 0, 0, a, b, a2, b2);
    }
  }
}
