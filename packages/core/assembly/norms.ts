/**
 * Normalisation: y = scale · x̂ + shift, x̂ = (x − mean) / √(variance + epsilon).
 *
 *   dshift = Σ dy    dscale = Σ dy·x̂    dx = scale/√(variance + epsilon) · (dy − mean(dy) − x̂·mean(dy·x̂))
 *
 * Batch norm takes the statistics of a channel (`area` values of each sample) over the microbatch, with the biased
 * variance; padding lanes are masked. Layer norm takes those of each sample over its features (there dy·scale
 * stands for dy in dx, since the scale differs from feature to feature).
 *
 * Batch norm's way back is computed in double: dx is what remains of dy when its mean and its part along x̂ are
 * taken away, and a layer before it adds these remainders up to almost nothing.
 */
import { back, front, laneMask, madd, sum, sum2 } from './arithmetic';

/** Σ over the channel's valid values of (x − shift)^power, power 1 or 2; float inside a group, double across groups. */
function moment(x: usize, channel: i32, channels: i32, area: i32, groups: i32, count: i32, shift: f32, square: bool): f64 {
  const plane = <usize>area << 5;
  const middle = f32x4.splat(shift);
  let total: f64 = 0;
  for (let g = 0; g < groups; g++) {
    const low = laneMask(8 * g, count);
    const high = laneMask(8 * g + 4, count);
    let p = x + plane * <usize>(g * channels + channel);
    let sum0 = f32x4.splat(0), sum1 = sum0;
    for (const end = p + plane; p < end; p += 32) {
      let v0 = f32x4.sub(v128.load(p), middle);
      let v1 = f32x4.sub(v128.load(p, 16), middle);
      if (square) {
        v0 = f32x4.mul(v0, v0);
        v1 = f32x4.mul(v1, v1);
      }
      sum0 = f32x4.add(sum0, v0);
      sum1 = f32x4.add(sum1, v1);
    }
    total += <f64>sum(v128.and(sum0, low)) + <f64>sum(v128.and(sum1, high));
  }
  return total;
}

/** y = x · a + b over one channel. */
function affine(x: usize, y: usize, channel: i32, channels: i32, area: i32, groups: i32, mean: f32, a: f32, b: f32): void {
  const plane = <usize>area << 5;
  const m = f32x4.splat(mean);
  const va = f32x4.splat(a);
  const vb = f32x4.splat(b);
  for (let g = 0; g < groups; g++) {
    let at = plane * <usize>(g * channels + channel);
    for (const end = at + plane; at < end; at += 16) {
      v128.store(y + at, madd(vb, f32x4.sub(v128.load(x + at), m), va));
    }
  }
}

/**
 * Training. `stats` gets [channel] pairs of doubles (mean, 1/√(variance + epsilon)) for the way back; the running values' part of
 * the gradient gets count × mean and count × unbiased variance. With a single value the running values are used
 * and handed on.
 */
export function batchNorm(
  x: usize, y: usize, scale: usize, shift: usize, runningMean: usize, runningVar: usize,
  meanGradient: usize, varGradient: usize, stats: usize,
  channels: i32, area: i32, groups: i32, count: i32, epsilon: f32,
): void {
  const n = <f64>count * <f64>area;
  for (let c = 0; c < channels; c++) {
    const at = <usize>c << 2;
    let mean: f64 = f32.load(runningMean + at);
    let variance: f64 = f32.load(runningVar + at);
    let unbiased = variance;
    if (n > 1) {
      // The second pass takes the deviations from the rounded mean and corrects for what the rounding left.
      mean = moment(x, c, channels, area, groups, count, 0, false) / n;
      const off = mean - <f64>(<f32>mean);
      const squares = moment(x, c, channels, area, groups, count, <f32>mean, true) - n * off * off;
      variance = squares / n;
      unbiased = squares / (n - 1);
    }
    const inverse: f64 = 1 / sqrt(variance + <f64>epsilon);
    f64.store(stats + (at << 2), mean);
    f64.store(stats + (at << 2), inverse, 8);
    f32.store(meanGradient + at, <f32>(<f64>count * mean));
    f32.store(varGradient + at, <f32>(<f64>count * unbiased));
    const factor = <f32>(<f64>f32.load(scale + at) * inverse);
    affine(x, y, c, channels, area, groups, <f32>mean, factor, f32.load(shift + at));
  }
}

/** Inference: the running values. */
export function batchNormInfer(
  x: usize, y: usize, scale: usize, shift: usize, runningMean: usize, runningVar: usize,
  channels: i32, area: i32, groups: i32, epsilon: f32,
): void {
  for (let c = 0; c < channels; c++) {
    const at = <usize>c << 2;
    const inverse = <f32>1 / sqrt(f32.load(runningVar + at) + epsilon);
    const factor = f32.load(scale + at) * inverse;
    affine(x, y, c, channels, area, groups, f32.load(runningMean + at), factor, f32.load(shift + at));
  }
}

export function batchNormBackward(
  x: usize, dy: usize, dx: usize, scale: usize, scaleGradient: usize, shiftGradient: usize, stats: usize,
  channels: i32, area: i32, groups: i32, count: i32,
): void {
  const plane = <usize>area << 5;
  const n = <f64>count * <f64>area;
  for (let c = 0; c < channels; c++) {
    const at = <usize>c << 2;
    const mean = v128.load64_splat(stats + (at << 2));
    const inverse = v128.load64_splat(stats + (at << 2), 8);
    let part = f64x2.splat(0), product = part;
    for (let g = 0; g < groups; g++) {
      let p = plane * <usize>(g * channels + c);
      for (const end = p + plane; p < end; p += 16) {
        const d = v128.load(dy + p);
        const v = v128.load(x + p);
        part = f64x2.add(part, f64x2.add(front(d), back(d)));
        product = f64x2.add(product, f64x2.mul(front(d), f64x2.sub(front(v), mean)));
        product = f64x2.add(product, f64x2.mul(back(d), f64x2.sub(back(v), mean)));
      }
    }
    const dShift = sum2(part);
    const dScale = sum2(product) * f64x2.extract_lane(inverse, 0);
    f32.store(shiftGradient + at, <f32>dShift);
    f32.store(scaleGradient + at, <f32>dScale);
    if (dx != 0) {
      const factor = f64x2.mul(f64x2.splat(<f64>f32.load(scale + at)), inverse);
      const meanD = f64x2.splat(n > 1 ? dShift / n : 0);
      const along = f64x2.mul(f64x2.splat(n > 1 ? dScale / n : 0), inverse);
      for (let g = 0; g < groups; g++) {
        let p = plane * <usize>(g * channels + c);
        const end = p + plane;
        const low = laneMask(8 * g, count);
        const high = laneMask(8 * g + 4, count);
        for (; p < end; p += 32) {
          for (let half: usize = 0; half < 32; half += 16) {
            const d = v128.load(dy + p + half);
            const v = v128.load(x + p + half);
            const d0 = f64x2.sub(f64x2.sub(front(d), meanD), f64x2.mul(f64x2.sub(front(v), mean), along));
            const d1 = f64x2.sub(f64x2.sub(back(d), meanD), f64x2.mul(f64x2.sub(back(v), mean), along));
            const value = v128.shuffle<f32>(
              f32x4.demote_f64x2_zero(f64x2.mul(d0, factor)),
              f32x4.demote_f64x2_zero(f64x2.mul(d1, factor)),
              0, 1, 4, 5,
            );
            v128.store(dx + p + half, v128.and(value, half == 0 ? low : high));
          }
        }
      }
    }
  }
}

/** `stats` gets mean and 1/√(variance + epsilon) of each sample: [g][2][8]. */
export function layerNorm(
  x: usize, y: usize, scale: usize, shift: usize, stats: usize, features: i32, groups: i32, epsilon: f32,
): void {
  const row = <usize>features << 5;
  const n = f32x4.splat(<f32>features);
  for (let g = 0; g < groups; g++) {
    for (let half: usize = 0; half < 32; half += 16) {
      const from = x + <usize>g * row + half;
      const to = y + <usize>g * row + half;
      let total = f32x4.splat(0);
      for (let f: usize = 0; f < row; f += 32) total = f32x4.add(total, v128.load(from + f));
      const mean = f32x4.div(total, n);
      let squares = f32x4.splat(0);
      for (let f: usize = 0; f < row; f += 32) {
        const d = f32x4.sub(v128.load(from + f), mean);
        squares = madd(squares, d, d);
      }
      const variance = f32x4.div(squares, n);
      const inverse = f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(variance, f32x4.splat(epsilon))));
      v128.store(stats + (<usize>g << 6) + half, mean);
      v128.store(stats + (<usize>g << 6) + half, inverse, 32);
      for (let f: usize = 0; f < row; f += 32) {
        const hat = f32x4.mul(f32x4.sub(v128.load(from + f), mean), inverse);
        const s = v128.load32_splat(scale + (f >> 3));
        v128.store(to + f, madd(v128.load32_splat(shift + (f >> 3)), hat, s));
      }
    }
  }
}

export function layerNormBackward(
  x: usize, dy: usize, dx: usize, scale: usize, scaleGradient: usize, shiftGradient: usize, stats: usize,
  features: i32, groups: i32,
): void {
  const row = <usize>features << 5;
  for (let f: usize = 0; f < row; f += 32) {
    let part = f32x4.splat(0), product = part;
    for (let g = 0; g < groups; g++) {
      for (let half: usize = 0; half < 32; half += 16) {
        const at = <usize>g * row + half + f;
        const mean = v128.load(stats + (<usize>g << 6) + half);
        const inverse = v128.load(stats + (<usize>g << 6) + half, 32);
        const d = v128.load(dy + at);
        part = f32x4.add(part, d);
        product = madd(product, d, f32x4.mul(f32x4.sub(v128.load(x + at), mean), inverse));
      }
    }
    f32.store(shiftGradient + (f >> 3), sum(part));
    f32.store(scaleGradient + (f >> 3), sum(product));
  }
  if (dx == 0) return;
  const n = f32x4.splat(<f32>features);
  for (let g = 0; g < groups; g++) {
    for (let half: usize = 0; half < 32; half += 16) {
      const start = <usize>g * row + half;
      const mean = v128.load(stats + (<usize>g << 6) + half);
      const inverse = v128.load(stats + (<usize>g << 6) + half, 32);
      let part = f32x4.splat(0), product = part;
      for (let f: usize = 0; f < row; f += 32) {
        const d = f32x4.mul(v128.load(dy + start + f), v128.load32_splat(scale + (f >> 3)));
        part = f32x4.add(part, d);
        product = madd(product, d, f32x4.mul(f32x4.sub(v128.load(x + start + f), mean), inverse));
      }
      part = f32x4.div(part, n);
      product = f32x4.div(product, n);
      for (let f: usize = 0; f < row; f += 32) {
        const d = f32x4.mul(v128.load(dy + start + f), v128.load32_splat(scale + (f >> 3)));
        const hat = f32x4.mul(f32x4.sub(v128.load(x + start + f), mean), inverse);
        const inner = f32x4.sub(f32x4.sub(d, part), f32x4.mul(hat, product));
        v128.store(dx + start + f, f32x4.mul(inner, inverse));
      }
    }
  }
}
