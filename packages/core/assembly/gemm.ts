/**
 * Matrix products with packed weights.
 *
 *   C[g][r][lane] = act( bias[r] + Σ_k A[r][k] · B[g][k][lane] )
 *
 * Blocking: a tile is ROWS = 4 rows of A by one group of 8 samples (two vectors): eight accumulators, two vectors of
 * B, one splat weight and one product make 12 live vectors of the 15 that V8 hands out on x86-64. Five rows
 * just fit, but V8 unrolls nested loops, and an unrolled loop of five rows spills and halves the rate; four rows are as
 * fast as five that are not unrolled. B needs no packing, since a group of samples is already a panel [k][8]. A is
 * packed once per parameter version into panels [k][4] behind their four biases. A panel of A (4 × 512 × 4 B = 8 kB)
 * stays in the first-level cache while all groups pass by it.
 *
 * The order of the sum is k = 0, 1, 2, … whatever the number of samples.
 */
import { madd } from './arithmetic';
import { ROWS } from './packing';

/** What a rectified, or a plain, result is at least. */
export const FLOORS = memory.data<f32>([-Infinity, 0]);

/** Writes one vector of the tile, at least `floor`; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function put(to: usize, value: v128, floor: v128): void {
  v128.store(to, f32x4.pmax(value, floor));
}

/** B contiguous: dense layers forward, and their input gradient with the transposed weight. */
export function gemm(
  packed: usize, b: usize, c: usize, rows: i32, depth: i32, groups: i32,
  bGroup: usize, cGroup: usize, relu: bool,
): void {
  const panel = <usize>((depth + 1) * ROWS) << 2;
  for (let first = 0; first < rows; first += ROWS) {
    const left = rows - first;
    for (let g = 0; g < groups; g++) {
      let pa = packed;
      let pb = b + <usize>g * bGroup;
      let c00 = v128.load32_splat(pa, 0), c01 = c00;
      let c10 = v128.load32_splat(pa, 4), c11 = c10;
      let c20 = v128.load32_splat(pa, 8), c21 = c20;
      let c30 = v128.load32_splat(pa, 12), c31 = c30;
      const end = pa + panel;
      pa += ROWS << 2;
      while (pa < end) {
        const b0 = v128.load(pb, 0);
        const b1 = v128.load(pb, 16);
        let a = v128.load32_splat(pa, 0);
        c00 = madd(c00, a, b0); c01 = madd(c01, a, b1);
        a = v128.load32_splat(pa, 4);
        c10 = madd(c10, a, b0); c11 = madd(c11, a, b1);
        a = v128.load32_splat(pa, 8);
        c20 = madd(c20, a, b0); c21 = madd(c21, a, b1);
        a = v128.load32_splat(pa, 12);
        c30 = madd(c30, a, b0); c31 = madd(c31, a, b1);
        pa += ROWS << 2;
        pb += 32;
      }
      const to = c + <usize>g * cGroup + (<usize>first << 5);
      const floor = v128.load32_splat(FLOORS + (<usize>relu << 2));
      put(to, c00, floor); put(to + 16, c01, floor);
      if (left > 1) { put(to + 32, c10, floor); put(to + 48, c11, floor); }
      if (left > 2) { put(to + 64, c20, floor); put(to + 80, c21, floor); }
      if (left > 3) { put(to + 96, c30, floor); put(to + 112, c31, floor); }
    }
    packed += panel;
  }
}

/**
 * The same product for convolutions: row k of B lies `offsets[k]` bytes behind the window's corner, so nothing is
 * copied into columns. `yStep` and `xStep` are the bytes between windows; C is [g][row][height·width].
 */
export function gemmWindows(
  packed: usize, b: usize, c: usize, rows: i32, depth: i32, groups: i32, bGroup: usize, offsets: usize,
  height: i32, width: i32, yStep: usize, xStep: usize, relu: bool,
): void {
  const panel = <usize>((depth + 1) * ROWS) << 2;
  const plane = <usize>(height * width) << 5;
  const cGroup = plane * <usize>rows;
  for (let g = 0; g < groups; g++) {
    let pack = packed;
    for (let first = 0; first < rows; first += ROWS) {
      const left = rows - first;
      const end = pack + panel;
      let to = c + <usize>g * cGroup + plane * <usize>first;
      for (let y = 0; y < height; y++) {
        let corner = b + <usize>g * bGroup + <usize>y * yStep;
        for (let x = 0; x < width; x++) {
          let pa = pack;
          let po = offsets;
          let c00 = v128.load32_splat(pa, 0), c01 = c00;
          let c10 = v128.load32_splat(pa, 4), c11 = c10;
          let c20 = v128.load32_splat(pa, 8), c21 = c20;
          let c30 = v128.load32_splat(pa, 12), c31 = c30;
          pa += ROWS << 2;
          while (pa < end) {
            const pb = corner + <usize>load<u32>(po);
            const b0 = v128.load(pb, 0);
            const b1 = v128.load(pb, 16);
            let a = v128.load32_splat(pa, 0);
            c00 = madd(c00, a, b0); c01 = madd(c01, a, b1);
            a = v128.load32_splat(pa, 4);
            c10 = madd(c10, a, b0); c11 = madd(c11, a, b1);
            a = v128.load32_splat(pa, 8);
            c20 = madd(c20, a, b0); c21 = madd(c21, a, b1);
            a = v128.load32_splat(pa, 12);
            c30 = madd(c30, a, b0); c31 = madd(c31, a, b1);
            pa += ROWS << 2;
            po += 4;
          }
          let at = to;
          const floor = v128.load32_splat(FLOORS + (<usize>relu << 2));
          put(at, c00, floor); put(at + 16, c01, floor);
          if (left > 1) { at += plane; put(at, c10, floor); put(at + 16, c11, floor); }
          if (left > 2) { at += plane; put(at, c20, floor); put(at + 16, c21, floor); }
          if (left > 3) { at += plane; put(at, c30, floor); put(at + 16, c31, floor); }
          to += 32;
          corner += xStep;
        }
      }
      pack += panel;
    }
  }
}
