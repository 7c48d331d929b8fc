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
 *
 * The groups of a row of dY or X lie as far apart as a group is long, which is a power of two in most networks: they would
 * take each other's places in the caches. A dense product first lays out what a tile reads as one run of memory.
 */
import { back, front, madd, sum2, sums4 } from './arithmetic';

/** What is swept of X for some rows of dY, in bytes: it stays in the first-level cache. */
const BLOCK_BYTES: usize = 16384;
const INPUTS_MIN: usize = 8;

/** Rows of dY that go past four of X one after another: their loops are equally long, and processors foresee that. */
const UNITS: i32 = 16;

/** Fewer rows of dY or X than this are read where they lie: laying them out would take longer than it saves. The planner knows it too. */
const PANELS_MIN: i32 = 48;

/** Bytes of a tile's rows in one group of samples. */
const DY_TILE: usize = 64;
const X_TILE: usize = 128;

/**
 * Lays out x[g][row][lane], a group being `xGroup` bytes long, as [panel][g][row][lane] with `tile` bytes of each group in a panel.
 * @returns where the last panel ends
 */
function toPanels(x: usize, xGroup: usize, to: usize, rows: i32, groups: i32, tile: usize): usize {
  for (const last = x + (<usize>rows << 5); x < last; x += tile) {
    const taken = min(tile, last - x);
    for (let g = 0, from = x; g < groups; g++, from += xGroup, to += tile) {
      for (let at: usize = 0; at < taken; at += 16) v128.store(to + at, v128.load(from + at));
    }
  }
  return to;
}

/** Stores four values, or adds them to what is there. */
// @ts-ignore: decorator
@inline
function putFour(to: usize, value: v128, add: bool): void {
  v128.store(to, add ? f32x4.add(v128.load(to), value) : value);
}

const four = memory.data(16, 16);

/** The same with no more than `width` of them. */
function putSome(to: usize, value: v128, width: i32, add: bool): void {
  v128.store(four, value);
  for (let at: usize = 0, end = <usize>min(width, 4) << 2; at < end; at += 4) {
    const one = f32.load(four + at);
    f32.store(to + at, add ? f32.load(to + at) + one : one);
  }
}

/**
 * Lists in which half groups anything of four rows of X is not +0: where the list ends, and of each of them where it lies in dY and
 * where in X.
 */
function listPlaces(x: usize, xGroup: usize, dyGroup: usize, groups: i32, list: usize): void {
  let to = list + 4;
  for (let half: usize = 0; half < 32; half += 16) {
    let inX = half;
    let inDy = half;
    for (let g = 0; g < groups; g++, inX += xGroup, inDy += dyGroup) {
      const at = x + inX;
      const any = v128.or(v128.or(v128.load(at), v128.load(at, 32)), v128.or(v128.load(at, 64), v128.load(at, 96)));
      store<usize>(to, inDy);
      store<usize>(to, inX, 4);
      // Without a branch, which nobody could foresee.
      to += <usize>v128.any_true(any) << 3;
    }
  }
  store<usize>(list, to);
}

/**
 * With `add` the products are added to what dw holds. `room` takes dY and X in panels: 32 bytes for each group of each unit and
 * each input, their numbers rounded up to whole tiles.
 *
 * Where `places` is not 0, what is zero in X is passed over, for dY that are finite (sparse.ts says why that changes no bit); it takes
 * 4 · groups + 1 words for each four inputs.
 */
export function denseWeightGradient(
  dy: usize, x: usize, room: usize, places: usize, dw: usize, units: i32, inputs: i32, groups: i32,
  dyGroup: usize, xGroup: usize, add: bool,
): void {
  let dyTile = DY_TILE, xTile = X_TILE;
  if (units >= PANELS_MIN && inputs >= PANELS_MIN) {
    const panels = toPanels(dy, dyGroup, room, units, groups, dyTile);
    toPanels(x, xGroup, panels, inputs, groups, xTile);
    dy = room;
    x = panels;
    dyGroup = dyTile;
    xGroup = xTile;
    dyTile *= groups;
    xTile *= groups;
  }
  const deep = <i32>(max<usize>(INPUTS_MIN, BLOCK_BYTES / (<usize>groups << 5)) & ~3);
  for (let block = 0; block < inputs; block += deep) {
    const blockEnd = min(inputs, block + deep);
    for (let some = 0; some < units; some += UNITS) {
      const someEnd = min(units, some + UNITS);
      for (let k = block; k < blockEnd; k += 4) {
        const width = inputs - k;
        const x0 = x + <usize>(k >> 2) * xTile;
        const list = places + (<usize>k * <usize>(4 * groups + 1));
        if (places != 0 && some == 0 && width >= 4) listPlaces(x0, xGroup, dyGroup, groups, list);
        let y0 = dy + <usize>(some >> 1) * dyTile;
        for (let u = some; u < someEnd; u += 2, y0 += dyTile) {
          const second: usize = u + 1 < units ? 32 : 0;
          const to = dw + (<usize>(u * inputs + k) << 2);
          let c00 = f32x4.splat(0), c01 = c00, c02 = c00, c03 = c00;
          let c10 = c00, c11 = c00, c12 = c00, c13 = c00;
          if (second != 0 && width >= 4) {
            if (places != 0) {
              for (let place = list + 4, end = load<usize>(list); place < end; place += 8) {
                const py = y0 + load<usize>(place);
                const px = x0 + load<usize>(place, 4);
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
              }
            } else {
              // One half of the lanes after the other: a loop body of sixteen operations is unrolled without spilling.
              for (let half: usize = 0; half < 32; half += 16) {
                let py = y0 + half;
                let px = x0 + half;
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
            }
            putFour(to, sums4(c00, c01, c02, c03), add);
            putFour(to + (<usize>inputs << 2), sums4(c10, c11, c12, c13), add);
          } else {
            const o1: usize = width > 1 ? 32 : 0;
            const o2: usize = width > 2 ? 64 : 0;
            const o3: usize = width > 3 ? 96 : 0;
            let py = y0;
            let px = x0;
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
            putSome(to, sums4(c00, c01, c02, c03), width, add);
            if (second != 0) putSome(to + (<usize>inputs << 2), sums4(c10, c11, c12, c13), width, add);
          }
        }
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
      putSome(to, t0, last + 1, add);
      if (f + 1 < filters) putSome(to + (<usize>depth << 2), t1, last + 1, add);
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
