/**
 * Two-dimensional maps of one tile and channel, for the eight samples of a group: the columns first, into `half`, then the
 * rows. Fully unrolled, so that every place in `half` is a constant address: an address computed anew for each of the 144
 * loads and stores costs as much as the arithmetic. Both halves of a vector of eight are done one after the other.
 *
 * `element` is the distance between the planes of the 36 elements, `row` that between rows of an image or patch.
 */
import { constant, inputBackMap, inputMap, outputBackMap, outputMap } from './winogradTransforms';

/** A half-transformed tile of four samples: [6][6], or [6][4]. */
const half = memory.data(36 * 16, 16);

/** Bᵀ·d·B: 6×6 pixels to 36 elements. */
export function inputTile(from: usize, row: usize, to: usize, element: usize): void {
  const a = constant(0), b = constant(1), a2 = constant(2), b2 = constant(3), ab = constant(4), s = constant(5);
  for (const end = from + 32; from < end; from += 16, to += 16) {
    const r1 = from + row, r2 = r1 + row, r3 = r2 + row, r4 = r3 + row, r5 = r4 + row;
    inputMap(from, r1, r2, r3, r4, r5, 0, 0, half, half, half, half, half, half, 0, 96, a, b, a2, b2, ab, s);
    inputMap(from, r1, r2, r3, r4, r5, 32, 0, half, half, half, half, half, half, 16, 96, a, b, a2, b2, ab, s);
    inputMap(from, r1, r2, r3, r4, r5, 64, 0, half, half, half, half, half, half, 32, 96, a, b, a2, b2, ab, s);
    inputMap(from, r1, r2, r3, r4, r5, 96, 0, half, half, half, half, half, half, 48, 96, a, b, a2, b2, ab, s);
    inputMap(from, r1, r2, r3, r4, r5, 128, 0, half, half, half, half, half, half, 64, 96, a, b, a2, b2, ab, s);
    inputMap(from, r1, r2, r3, r4, r5, 160, 0, half, half, half, half, half, half, 80, 96, a, b, a2, b2, ab, s);
    let t = to;
    const e2 = <usize>2 * element, e3 = <usize>3 * element, e4 = <usize>4 * element, e5 = <usize>5 * element, e6 = <usize>6 * element;
    inputMap(half, half, half, half, half, half, 0, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, 0, 0, a, b, a2, b2, ab, s);
    t += e6;
    inputMap(half, half, half, half, half, half, 96, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, 0, 0, a, b, a2, b2, ab, s);
    t += e6;
    inputMap(half, half, half, half, half, half, 192, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, 0, 0, a, b, a2, b2, ab, s);
    t += e6;
    inputMap(half, half, half, half, half, half, 288, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, 0, 0, a, b, a2, b2, ab, s);
    t += e6;
    inputMap(half, half, half, half, half, half, 384, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, 0, 0, a, b, a2, b2, ab, s);
    t += e6;
    inputMap(half, half, half, half, half, half, 480, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, 0, 0, a, b, a2, b2, ab, s);
  }
}

/** B·v·Bᵀ: 36 elements, added to 6×6 pixels. */
export function inputBackTile(from: usize, element: usize, to: usize, row: usize): void {
  const a = constant(0), b = constant(1), a2 = constant(2), b2 = constant(3), ab = constant(4), s = constant(5);
  for (const end = from + 32; from < end; from += 16, to += 16) {
    const e6 = <usize>6 * element, e12 = <usize>12 * element, e18 = <usize>18 * element, e24 = <usize>24 * element, e30 = <usize>30 * element;
    let p = from;
    inputBackMap(p, p + e6, p + e12, p + e18, p + e24, p + e30, 0, 0, half, half, half, half, half, half, 0, 96, false, a, b, a2, b2, ab, s);
    p += element;
    inputBackMap(p, p + e6, p + e12, p + e18, p + e24, p + e30, 0, 0, half, half, half, half, half, half, 16, 96, false, a, b, a2, b2, ab, s);
    p += element;
    inputBackMap(p, p + e6, p + e12, p + e18, p + e24, p + e30, 0, 0, half, half, half, half, half, half, 32, 96, false, a, b, a2, b2, ab, s);
    p += element;
    inputBackMap(p, p + e6, p + e12, p + e18, p + e24, p + e30, 0, 0, half, half, half, half, half, half, 48, 96, false, a, b, a2, b2, ab, s);
    p += element;
    inputBackMap(p, p + e6, p + e12, p + e18, p + e24, p + e30, 0, 0, half, half, half, half, half, half, 64, 96, false, a, b, a2, b2, ab, s);
    p += element;
    inputBackMap(p, p + e6, p + e12, p + e18, p + e24, p + e30, 0, 0, half, half, half, half, half, half, 80, 96, false, a, b, a2, b2, ab, s);
    let t = to;
    inputBackMap(half, half, half, half, half, half, 0, 16, t, t, t, t, t, t, 0, 32, true, a, b, a2, b2, ab, s);
    t += row;
    inputBackMap(half, half, half, half, half, half, 96, 16, t, t, t, t, t, t, 0, 32, true, a, b, a2, b2, ab, s);
    t += row;
    inputBackMap(half, half, half, half, half, half, 192, 16, t, t, t, t, t, t, 0, 32, true, a, b, a2, b2, ab, s);
    t += row;
    inputBackMap(half, half, half, half, half, half, 288, 16, t, t, t, t, t, t, 0, 32, true, a, b, a2, b2, ab, s);
    t += row;
    inputBackMap(half, half, half, half, half, half, 384, 16, t, t, t, t, t, t, 0, 32, true, a, b, a2, b2, ab, s);
    t += row;
    inputBackMap(half, half, half, half, half, half, 480, 16, t, t, t, t, t, t, 0, 32, true, a, b, a2, b2, ab, s);
  }
}

/** max(Aᵀ·m·A + bias, floor): 36 elements to 4×4 pixels. */
export function outputTile(from: usize, element: usize, to: usize, row: usize, bias: v128, floor: v128): void {
  const a = constant(0), b = constant(1), a2 = constant(2), b2 = constant(3);
  for (const end = from + 32; from < end; from += 16, to += 16) {
    const e6 = <usize>6 * element, e12 = <usize>12 * element, e18 = <usize>18 * element, e24 = <usize>24 * element, e30 = <usize>30 * element;
    let p = from;
    outputMap(p, p + e6, p + e12, p + e18, p + e24, p + e30, 0, 0, half, half, half, half, 0, 96, bias, floor, false, a, b, a2, b2);
    p += element;
    outputMap(p, p + e6, p + e12, p + e18, p + e24, p + e30, 0, 0, half, half, half, half, 16, 96, bias, floor, false, a, b, a2, b2);
    p += element;
    outputMap(p, p + e6, p + e12, p + e18, p + e24, p + e30, 0, 0, half, half, half, half, 32, 96, bias, floor, false, a, b, a2, b2);
    p += element;
    outputMap(p, p + e6, p + e12, p + e18, p + e24, p + e30, 0, 0, half, half, half, half, 48, 96, bias, floor, false, a, b, a2, b2);
    p += element;
    outputMap(p, p + e6, p + e12, p + e18, p + e24, p + e30, 0, 0, half, half, half, half, 64, 96, bias, floor, false, a, b, a2, b2);
    p += element;
    outputMap(p, p + e6, p + e12, p + e18, p + e24, p + e30, 0, 0, half, half, half, half, 80, 96, bias, floor, false, a, b, a2, b2);
    let t = to;
    outputMap(half, half, half, half, half, half, 0, 16, t, t, t, t, 0, 32, bias, floor, true, a, b, a2, b2);
    t += row;
    outputMap(half, half, half, half, half, half, 96, 16, t, t, t, t, 0, 32, bias, floor, true, a, b, a2, b2);
    t += row;
    outputMap(half, half, half, half, half, half, 192, 16, t, t, t, t, 0, 32, bias, floor, true, a, b, a2, b2);
    t += row;
    outputMap(half, half, half, half, half, half, 288, 16, t, t, t, t, 0, 32, bias, floor, true, a, b, a2, b2);
  }
}

/** A·y·Aᵀ: 4×4 pixels to 36 elements. */
export function outputBackTile(from: usize, row: usize, to: usize, element: usize): void {
  const a = constant(0), b = constant(1), a2 = constant(2), b2 = constant(3);
  for (const end = from + 32; from < end; from += 16, to += 16) {
    const r1 = from + row, r2 = r1 + row, r3 = r2 + row;
    outputBackMap(from, r1, r2, r3, 0, 0, half, half, half, half, half, half, 0, 64, a, b, a2, b2);
    outputBackMap(from, r1, r2, r3, 32, 0, half, half, half, half, half, half, 16, 64, a, b, a2, b2);
    outputBackMap(from, r1, r2, r3, 64, 0, half, half, half, half, half, half, 32, 64, a, b, a2, b2);
    outputBackMap(from, r1, r2, r3, 96, 0, half, half, half, half, half, half, 48, 64, a, b, a2, b2);
    let t = to;
    const e2 = <usize>2 * element, e3 = <usize>3 * element, e4 = <usize>4 * element, e5 = <usize>5 * element, e6 = <usize>6 * element;
    outputBackMap(half, half, half, half, 0, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, 0, 0, a, b, a2, b2);
    t += e6;
    outputBackMap(half, half, half, half, 64, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, 0, 0, a, b, a2, b2);
    t += e6;
    outputBackMap(half, half, half, half, 128, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, 0, 0, a, b, a2, b2);
    t += e6;
    outputBackMap(half, half, half, half, 192, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, 0, 0, a, b, a2, b2);
    t += e6;
    outputBackMap(half, half, half, half, 256, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, 0, 0, a, b, a2, b2);
    t += e6;
    outputBackMap(half, half, half, half, 320, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, 0, 0, a, b, a2, b2);
  }
}
