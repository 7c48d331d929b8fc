/**
 * Gradients of weights and biases: products whose sum runs over the samples, that is, over the lanes.
 *
 *   dense:  dW[u][k] = Σ_g Σ_lane dY[g][u][lane] · X[g][k][lane]
 *   conv:   dW[f][k] = Σ_g Σ_y Σ_x Σ_lane dY[g][f][y][x][lane] · X[g][(y, x) + offset k][lane]
 *   bias:   db[r]    = Σ_g Σ_p Σ_lane dY[g][r][p][lane]
 *
 * Blocking: a tile is 2 rows of dY by 4 of X: eight accumulators and six loads for sixteen operations. The
 * lanes are added up at the tile's end, when sums4 turns four accumulators into one vector of dW. Padding lanes
 * of dY are zero and need no mask.
 */
import { back, front, madd, sum2, sums4 } from './arithmetic';

/** Inputs that are swept for every pair of rows: with 8 groups of samples, 16 kB that stay in the first-level cache. */
export const BLOCK: i32 = 64;

/** Stores the first `width` lanes, or adds them to what is there. */
// @ts-ignore: decorator
@inline
export function putLanes(to: usize, value: v128, width: i32, add: bool): void {
  if (width >= 4) {
    v128.store(to, add ? f32x4.add(v128.load(to), value) : value);
    return;
  }
  putLane(to, f32x4.extract_lane(value, 0), add);
  if (width > 1) putLane(to + 4, f32x4.extract_lane(value, 1), add);
  if (width > 2) putLane(to + 8, f32x4.extract_lane(value, 2), add);
}

// @ts-ignore: decorator
@inline
function putLane(to: usize, value: f32, add: bool): void {
  f32.store(to, add ? f32.load(to) + value : value);
}

/** With `add` the products are added to what dw holds. */
export function denseWeightGradient(
  dy: usize, x: usize, dw: usize, units: i32, inputs: i32, groups: i32, dyGroup: usize, xGroup: usize, add: bool,
): void {
  for (let block = 0; block < inputs; block += BLOCK) {
    const blockEnd = min(inputs, block + BLOCK);
    for (let u = 0; u < units; u += 2) {
      const y0 = dy + (<usize>u << 5);
      const second: usize = u + 1 < units ? 32 : 0;
      for (let k = block; k < blockEnd; k += 4) {
        const width = inputs - k;
        const o1: usize = width > 1 ? 32 : 0;
        const o2: usize = width > 2 ? 64 : 0;
        const o3: usize = width > 3 ? 96 : 0;
        let c00 = f32x4.splat(0), c01 = c00, c02 = c00, c03 = c00;
        let c10 = c00, c11 = c00, c12 = c00, c13 = c00;
        let py = y0;
        let px = x + (<usize>k << 5);
        if (second != 0 && width >= 4) {
          // One half of the lanes after the other: a loop body of sixteen operations is unrolled without spilling.
          for (let half: usize = 0; half < 32; half += 16) {
            py = y0 + half;
            px = x + (<usize>k << 5) + half;
            for (let g = 0; g < groups; g++) {
              const a = v128.load(py);
              const b = v128.load(py, 32);
              let v = v128.load(px);
              c00 = madd(c00, a, v); c10 = madd(c10, b, v);
              v = v128.load(px, 32);
              c01 = madd(c01, a, v); c11 = madd(c11, b, v);
              v = v128.load(px, 64);
              c02 = madd(c02, a, v); c12 = madd(c12, b, v);
              v = v128.load(px, 96);
              c03 = madd(c03, a, v); c13 = madd(c13, b, v);
              py += dyGroup;
              px += xGroup;
            }
          }
        } else {
          for (let g = 0; g < groups; g++) {
            for (let half: usize = 0; half < 32; half += 16) {
              const a = v128.load(py + half);
              const b = v128.load(py + half + second);
              let v = v128.load(px + half);
              c00 = madd(c00, a, v); c10 = madd(c10, b, v);
              v = v128.load(px + half + o1);
              c01 = madd(c01, a, v); c11 = madd(c11, b, v);
              v = v128.load(px + half + o2);
              c02 = madd(c02, a, v); c12 = madd(c12, b, v);
              v = v128.load(px + half + o3);
              c03 = madd(c03, a, v); c13 = madd(c13, b, v);
            }
            py += dyGroup;
            px += xGroup;
          }
        }
        const to = dw + (<usize>(u * inputs + k) << 2);
        putLanes(to, sums4(c00, c01, c02, c03), width, add);
        if (second != 0) putLanes(to + (<usize>inputs << 2), sums4(c10, c11, c12, c13), width, add);
      }
    }
  }
}

export function convWeightGradient(
  dy: usize, x: usize, dw: usize, filters: i32, depth: i32, groups: i32, xGroup: usize, offsets: usize,
  height: i32, width: i32, yStep: usize, xStep: usize, add: bool,
): void {
  const plane = <usize>(height * width) << 5;
  const dyGroup = plane * <usize>filters;
  for (let f = 0; f < filters; f += 2) {
    const second: usize = f + 1 < filters ? plane : 0;
    for (let k = 0; k < depth; k += 4) {
      const last = depth - k - 1;
      const x0 = x + <usize>load<u32>(offsets + (<usize>k << 2));
      const x1 = x + <usize>load<u32>(offsets + (<usize>(k + min(1, last)) << 2));
      const x2 = x + <usize>load<u32>(offsets + (<usize>(k + min(2, last)) << 2));
      const x3 = x + <usize>load<u32>(offsets + (<usize>(k + min(3, last)) << 2));
      let t0 = f32x4.splat(0), t1 = t0;
      for (let g = 0; g < groups; g++) {
        let c00 = f32x4.splat(0), c01 = c00, c02 = c00, c03 = c00;
        let c10 = c00, c11 = c00, c12 = c00, c13 = c00;
        let py = dy + <usize>g * dyGroup + <usize>f * plane;
        for (let row = 0; row < height; row++) {
          let at = <usize>g * xGroup + <usize>row * yStep;
          // Half a group at a time: 16 bytes on, then to the next position.
          let step: usize = 16;
          for (const end = py + (<usize>width << 5); py < end; py += 16) {
            const a = v128.load(py);
            const b = v128.load(py + second);
            let v = v128.load(x0 + at);
            c00 = madd(c00, a, v); c10 = madd(c10, b, v);
            v = v128.load(x1 + at);
            c01 = madd(c01, a, v); c11 = madd(c11, b, v);
            v = v128.load(x2 + at);
            c02 = madd(c02, a, v); c12 = madd(c12, b, v);
            v = v128.load(x3 + at);
            c03 = madd(c03, a, v); c13 = madd(c13, b, v);
            at += step;
            step = xStep - step;
          }
        }
        t0 = f32x4.add(t0, sums4(c00, c01, c02, c03));
        t1 = f32x4.add(t1, sums4(c10, c11, c12, c13));
      }
      const to = dw + (<usize>(f * depth + k) << 2);
      putLanes(to, t0, last + 1, add);
      if (f + 1 < filters) putLanes(to + (<usize>depth << 2), t1, last + 1, add);
    }
  }
}

/**
 * db[r] over `area` positions of each row, added up in double: behind a batch norm the terms cancel almost entirely.
 */
export function biasGradient(dy: usize, db: usize, rows: i32, area: i32, groups: i32): void {
  const plane = <usize>area << 5;
  const group = plane * <usize>rows;
  for (let r = 0; r < rows; r++) {
    let total0 = f64x2.splat(0), total1 = total0;
    for (let g = 0; g < groups; g++) {
      let p = dy + <usize>g * group + <usize>r * plane;
      for (const end = p + plane; p < end; p += 16) {
        const d = v128.load(p);
        total0 = f64x2.add(total0, front(d));
        total1 = f64x2.add(total1, back(d));
      }
    }
    f32.store(db + (<usize>r << 2), <f32>sum2(f64x2.add(total0, total1)));
  }
}
