/**
 * A convolution whose output is max-pooled at once, for the first layers, whose output is by far the largest tensor of a network:
 *
 *   y = maxpool(relu(conv(x) + bias)),   dw and db from dy and the places of the maxima
 *
 * Blocking: the rows of one row of windows of one group (filters × size × width × 32 B, 53 kB for 32 filters on 26 columns)
 * are computed into scratch that stays in the second-level cache, and pooled there; on the way back they are
 * spread out there again. The convolution's output itself is never in memory as a whole.
 */
import { back, front, sum2 } from './arithmetic';
import { gemmWindows } from './gemm';
import { maxPool, maxPoolBackward } from './pooling';
import { convWeightGradient } from './weightGradient';

export function pooledConvolution(
  packed: usize, x: usize, rows: usize, y: usize, arg: usize, filters: i32, depth: i32, groups: i32, xGroup: usize,
  offsets: usize, width: i32, yStep: usize, xStep: usize, outHeight: i32, outWidth: i32, sizeY: i32, sizeX: i32, relu: bool,
): void {
  const plane = <usize>(outHeight * outWidth) << 5;
  for (let g = 0; g < groups; g++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const from = x + <usize>g * xGroup + <usize>(oy * sizeY) * yStep;
      gemmWindows(packed, from, rows, filters, depth, 1, 0, offsets, sizeY, width, yStep, xStep, false);
      const at = <usize>(g * filters) * plane + (<usize>(oy * outWidth) << 5);
      maxPool(
        rows, y + at, arg + at, filters, sizeY, width, 1, outWidth, sizeY, sizeX, sizeY, sizeX, relu, plane,
      );
    }
  }
}

/** `db` 0 = no bias. */
export function pooledConvolutionBackward(
  dy: usize, arg: usize, x: usize, rows: usize, dw: usize, db: usize, filters: i32, depth: i32, groups: i32, xGroup: usize,
  offsets: usize, width: i32, yStep: usize, xStep: usize, outHeight: i32, outWidth: i32, sizeY: i32, sizeX: i32,
): void {
  const plane = <usize>(outHeight * outWidth) << 5;
  for (let g = 0; g < groups; g++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const at = <usize>(g * filters) * plane + (<usize>(oy * outWidth) << 5);
      maxPoolBackward(
        dy + at, arg + at, rows, filters, sizeY, width, 1, outWidth, sizeY, sizeX, sizeY, sizeX, plane,
      );
      const from = x + <usize>g * xGroup + <usize>(oy * sizeY) * yStep;
      convWeightGradient(
        rows, from, dw, filters, depth, 1, 0, offsets, sizeY, width, yStep, xStep, g > 0 || oy > 0,
      );
    }
  }
  if (db != 0) pooledBiasGradient(dy, arg, db, filters, plane, groups);
}

/** Each window hands its slope to one element or, behind a rectifier that is shut, to none. */
function pooledBiasGradient(dy: usize, arg: usize, db: usize, filters: i32, plane: usize, groups: i32): void {
  for (let f = 0; f < filters; f++) {
    let total0 = f64x2.splat(0), total1 = total0;
    for (let g = 0; g < groups; g++) {
      let at: usize = <usize>(g * filters + f) * plane;
      for (const end = at + plane; at < end; at += 16) {
        const d = v128.and(v128.load(dy + at), i32x4.ge_s(v128.load(arg + at), i32x4.splat(0)));
        total0 = f64x2.add(total0, front(d));
        total1 = f64x2.add(total1, back(d));
      }
    }
    f32.store(db + (<usize>f << 2), <f32>sum2(f64x2.add(total0, total1)));
  }
}
