/** As winogradTiles.ts, for tiles of 5×5 outputs: 49 elements of patches of 7×7 pixels. */
import { inputBackMap5, inputMap5, outputBackMap5, outputMap5 } from './winogradTransforms5';

/** A half-transformed tile of four samples: [7][7], or [7][5]. */
const half = memory.data(49 * 16, 16);

/** Bᵀ·d·B: 7×7 pixels to 49 elements. */
export function inputTile5(from: usize, row: usize, to: usize, element: usize): void {
  for (const end = from + 32; from < end; from += 16, to += 16) {
    const r1 = from + row, r2 = r1 + row, r3 = r2 + row, r4 = r3 + row, r5 = r4 + row, r6 = r5 + row;
    inputMap5(from, r1, r2, r3, r4, r5, r6, 0, 0, half, half, half, half, half, half, half, 0, 112);
    inputMap5(from, r1, r2, r3, r4, r5, r6, 32, 0, half, half, half, half, half, half, half, 16, 112);
    inputMap5(from, r1, r2, r3, r4, r5, r6, 64, 0, half, half, half, half, half, half, half, 32, 112);
    inputMap5(from, r1, r2, r3, r4, r5, r6, 96, 0, half, half, half, half, half, half, half, 48, 112);
    inputMap5(from, r1, r2, r3, r4, r5, r6, 128, 0, half, half, half, half, half, half, half, 64, 112);
    inputMap5(from, r1, r2, r3, r4, r5, r6, 160, 0, half, half, half, half, half, half, half, 80, 112);
    inputMap5(from, r1, r2, r3, r4, r5, r6, 192, 0, half, half, half, half, half, half, half, 96, 112);
    let t = to;
    const e2 = <usize>2 * element, e3 = <usize>3 * element, e4 = <usize>4 * element;
    const e5 = <usize>5 * element, e6 = <usize>6 * element, e7 = <usize>7 * element;
    inputMap5(half, half, half, half, half, half, half, 0, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, t + e6, 0, 0);
    t += e7;
    inputMap5(half, half, half, half, half, half, half, 112, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, t + e6, 0, 0);
    t += e7;
    inputMap5(half, half, half, half, half, half, half, 224, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, t + e6, 0, 0);
    t += e7;
    inputMap5(half, half, half, half, half, half, half, 336, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, t + e6, 0, 0);
    t += e7;
    inputMap5(half, half, half, half, half, half, half, 448, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, t + e6, 0, 0);
    t += e7;
    inputMap5(half, half, half, half, half, half, half, 560, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, t + e6, 0, 0);
    t += e7;
    inputMap5(half, half, half, half, half, half, half, 672, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, t + e6, 0, 0);
  }
}

/** B·v·Bᵀ: 49 elements, added to 7×7 pixels. */
export function inputBackTile5(from: usize, element: usize, to: usize, row: usize): void {
  const e7 = <usize>7 * element, e14 = <usize>14 * element, e21 = <usize>21 * element;
  const e28 = <usize>28 * element, e35 = <usize>35 * element, e42 = <usize>42 * element;
  for (const end = from + 32; from < end; from += 16, to += 16) {
    let p = from;
    inputBackMap5(p, p + e7, p + e14, p + e21, p + e28, p + e35, p + e42, 0, 0, half, half, half, half, half, half, half, 0, 112, false);
    p += element;
    inputBackMap5(p, p + e7, p + e14, p + e21, p + e28, p + e35, p + e42, 0, 0, half, half, half, half, half, half, half, 16, 112, false);
    p += element;
    inputBackMap5(p, p + e7, p + e14, p + e21, p + e28, p + e35, p + e42, 0, 0, half, half, half, half, half, half, half, 32, 112, false);
    p += element;
    inputBackMap5(p, p + e7, p + e14, p + e21, p + e28, p + e35, p + e42, 0, 0, half, half, half, half, half, half, half, 48, 112, false);
    p += element;
    inputBackMap5(p, p + e7, p + e14, p + e21, p + e28, p + e35, p + e42, 0, 0, half, half, half, half, half, half, half, 64, 112, false);
    p += element;
    inputBackMap5(p, p + e7, p + e14, p + e21, p + e28, p + e35, p + e42, 0, 0, half, half, half, half, half, half, half, 80, 112, false);
    p += element;
    inputBackMap5(p, p + e7, p + e14, p + e21, p + e28, p + e35, p + e42, 0, 0, half, half, half, half, half, half, half, 96, 112, false);
    let t = to;
    inputBackMap5(half, half, half, half, half, half, half, 0, 16, t, t, t, t, t, t, t, 0, 32, true);
    t += row;
    inputBackMap5(half, half, half, half, half, half, half, 112, 16, t, t, t, t, t, t, t, 0, 32, true);
    t += row;
    inputBackMap5(half, half, half, half, half, half, half, 224, 16, t, t, t, t, t, t, t, 0, 32, true);
    t += row;
    inputBackMap5(half, half, half, half, half, half, half, 336, 16, t, t, t, t, t, t, t, 0, 32, true);
    t += row;
    inputBackMap5(half, half, half, half, half, half, half, 448, 16, t, t, t, t, t, t, t, 0, 32, true);
    t += row;
    inputBackMap5(half, half, half, half, half, half, half, 560, 16, t, t, t, t, t, t, t, 0, 32, true);
    t += row;
    inputBackMap5(half, half, half, half, half, half, half, 672, 16, t, t, t, t, t, t, t, 0, 32, true);
  }
}

/** max(Aᵀ·m·A + bias, floor): 49 elements to 5×5 pixels. */
export function outputTile5(from: usize, element: usize, to: usize, row: usize, bias: v128, floor: v128): void {
  const e7 = <usize>7 * element, e14 = <usize>14 * element, e21 = <usize>21 * element;
  const e28 = <usize>28 * element, e35 = <usize>35 * element, e42 = <usize>42 * element;
  for (const end = from + 32; from < end; from += 16, to += 16) {
    let p = from;
    outputMap5(p, p + e7, p + e14, p + e21, p + e28, p + e35, p + e42, 0, 0, half, half, half, half, half, 0, 112, bias, floor, false);
    p += element;
    outputMap5(p, p + e7, p + e14, p + e21, p + e28, p + e35, p + e42, 0, 0, half, half, half, half, half, 16, 112, bias, floor, false);
    p += element;
    outputMap5(p, p + e7, p + e14, p + e21, p + e28, p + e35, p + e42, 0, 0, half, half, half, half, half, 32, 112, bias, floor, false);
    p += element;
    outputMap5(p, p + e7, p + e14, p + e21, p + e28, p + e35, p + e42, 0, 0, half, half, half, half, half, 48, 112, bias, floor, false);
    p += element;
    outputMap5(p, p + e7, p + e14, p + e21, p + e28, p + e35, p + e42, 0, 0, half, half, half, half, half, 64, 112, bias, floor, false);
    p += element;
    outputMap5(p, p + e7, p + e14, p + e21, p + e28, p + e35, p + e42, 0, 0, half, half, half, half, half, 80, 112, bias, floor, false);
    p += element;
    outputMap5(p, p + e7, p + e14, p + e21, p + e28, p + e35, p + e42, 0, 0, half, half, half, half, half, 96, 112, bias, floor, false);
    let t = to;
    outputMap5(half, half, half, half, half, half, half, 0, 16, t, t, t, t, t, 0, 32, bias, floor, true);
    t += row;
    outputMap5(half, half, half, half, half, half, half, 112, 16, t, t, t, t, t, 0, 32, bias, floor, true);
    t += row;
    outputMap5(half, half, half, half, half, half, half, 224, 16, t, t, t, t, t, 0, 32, bias, floor, true);
    t += row;
    outputMap5(half, half, half, half, half, half, half, 336, 16, t, t, t, t, t, 0, 32, bias, floor, true);
    t += row;
    outputMap5(half, half, half, half, half, half, half, 448, 16, t, t, t, t, t, 0, 32, bias, floor, true);
  }
}

/** A·y·Aᵀ: 5×5 pixels to 49 elements. */
export function outputBackTile5(from: usize, row: usize, to: usize, element: usize): void {
  for (const end = from + 32; from < end; from += 16, to += 16) {
    const r1 = from + row, r2 = r1 + row, r3 = r2 + row, r4 = r3 + row;
    outputBackMap5(from, r1, r2, r3, r4, 0, 0, half, half, half, half, half, half, half, 0, 80);
    outputBackMap5(from, r1, r2, r3, r4, 32, 0, half, half, half, half, half, half, half, 16, 80);
    outputBackMap5(from, r1, r2, r3, r4, 64, 0, half, half, half, half, half, half, half, 32, 80);
    outputBackMap5(from, r1, r2, r3, r4, 96, 0, half, half, half, half, half, half, half, 48, 80);
    outputBackMap5(from, r1, r2, r3, r4, 128, 0, half, half, half, half, half, half, half, 64, 80);
    let t = to;
    const e2 = <usize>2 * element, e3 = <usize>3 * element, e4 = <usize>4 * element;
    const e5 = <usize>5 * element, e6 = <usize>6 * element, e7 = <usize>7 * element;
    outputBackMap5(half, half, half, half, half, 0, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, t + e6, 0, 0);
    t += e7;
    outputBackMap5(half, half, half, half, half, 80, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, t + e6, 0, 0);
    t += e7;
    outputBackMap5(half, half, half, half, half, 160, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, t + e6, 0, 0);
    t += e7;
    outputBackMap5(half, half, half, half, half, 240, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, t + e6, 0, 0);
    t += e7;
    outputBackMap5(half, half, half, half, half, 320, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, t + e6, 0, 0);
    t += e7;
    outputBackMap5(half, half, half, half, half, 400, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, t + e6, 0, 0);
    t += e7;
    outputBackMap5(half, half, half, half, half, 480, 16, t, t + element, t + e2, t + e3, t + e4, t + e5, t + e6, 0, 0);
  }
}
