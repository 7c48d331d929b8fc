/**
 * Sums, scalings and tests of flat float32 vectors. Every function takes byte addresses and a number of elements,
 * and gives the same bits for the same elements: elementwise ones by nature, sums by a fixed order.
 */

/** into[i] += from[i] */
export function add(into: usize, from: usize, length: i32): void {
  const end = into + ((<usize>length) << 2);
  const wide = into + ((<usize>length & ~15) << 2);
  for (; into < wide; into += 64, from += 64) {
    const a = f32x4.add(v128.load(into), v128.load(from));
    const b = f32x4.add(v128.load(into, 16), v128.load(from, 16));
    const c = f32x4.add(v128.load(into, 32), v128.load(from, 32));
    const d = f32x4.add(v128.load(into, 48), v128.load(from, 48));
    v128.store(into, a);
    v128.store(into, b, 16);
    v128.store(into, c, 32);
    v128.store(into, d, 48);
  }
  for (; into < end; into += 4, from += 4) f32.store(into, f32.load(into) + f32.load(from));
}

/** x[i] *= factor */
export function scale(x: usize, length: i32, factor: f32): void {
  const end = x + ((<usize>length) << 2);
  const wide = x + ((<usize>length & ~3) << 2);
  const factors = f32x4.splat(factor);
  for (; x < wide; x += 16) v128.store(x, f32x4.mul(v128.load(x), factors));
  for (; x < end; x += 4) f32.store(x, f32.load(x) * factor);
}

/** x[i] = value */
export function fill(x: usize, length: i32, value: f32): void {
  const end = x + ((<usize>length) << 2);
  const wide = x + ((<usize>length & ~3) << 2);
  const values = f32x4.splat(value);
  for (; x < wide; x += 16) v128.store(x, values);
  for (; x < end; x += 4) f32.store(x, value);
}

/** into[i] = from[i]; the ranges may overlap. */
export function copy(into: usize, from: usize, length: i32): void {
  memory.copy(into, from, (<usize>length) << 2);
}

/** 1 when no element is infinite or NaN: x − x is +0 for finite x and NaN else. */
export function isFinite(x: usize, length: i32): i32 {
  const end = x + ((<usize>length) << 2);
  const wide = x + ((<usize>length & ~7) << 2);
  let bits = v128.splat<i32>(0);
  for (; x < wide; x += 32) {
    const a = v128.load(x);
    const b = v128.load(x, 16);
    bits = v128.or(bits, v128.or(f32x4.sub(a, a), f32x4.sub(b, b)));
  }
  if (v128.any_true(bits)) return 0;
  for (; x < end; x += 4) {
    const a = f32.load(x);
    if (a - a != 0) return 0;
  }
  return 1;
}

/**
 * Σ (x[i]·factor)² in float64, each product x[i]·factor rounded to float32 first and, with `store`, written back.
 * Order: element i of the whole groups of eight goes to lane i mod 8; lanes are summed pairwise as
 * ((0+4)+(2+6)) + ((1+5)+(3+7)); the elements after the last group follow one by one. No overflow: the result is
 * finite exactly when every element is.
 */
function squares(x: usize, length: i32, factor: f32, store: bool): f64 {
  const end = x + ((<usize>length) << 2);
  const wide = x + ((<usize>length & ~7) << 2);
  const factors = f32x4.splat(factor);
  let s01 = f64x2.splat(0);
  let s23 = f64x2.splat(0);
  let s45 = f64x2.splat(0);
  let s67 = f64x2.splat(0);
  for (; x < wide; x += 32) {
    let a = v128.load(x);
    let b = v128.load(x, 16);
    if (store) {
      a = f32x4.mul(a, factors);
      b = f32x4.mul(b, factors);
      v128.store(x, a);
      v128.store(x, b, 16);
    }
    const d01 = f64x2.promote_low_f32x4(a);
    const d23 = f64x2.promote_low_f32x4(v128.shuffle<i32>(a, a, 2, 3, 2, 3));
    const d45 = f64x2.promote_low_f32x4(b);
    const d67 = f64x2.promote_low_f32x4(v128.shuffle<i32>(b, b, 2, 3, 2, 3));
    s01 = f64x2.add(s01, f64x2.mul(d01, d01));
    s23 = f64x2.add(s23, f64x2.mul(d23, d23));
    s45 = f64x2.add(s45, f64x2.mul(d45, d45));
    s67 = f64x2.add(s67, f64x2.mul(d67, d67));
  }
  const pair = f64x2.add(f64x2.add(s01, s45), f64x2.add(s23, s67));
  let sum = f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
  for (; x < end; x += 4) {
    let a = f32.load(x);
    if (store) {
      a *= factor;
      f32.store(x, a);
    }
    sum += <f64>a * <f64>a;
  }
  return sum;
}

/** Σ x[i]² in float64. */
export function sumSquares(x: usize, length: i32): f64 {
  return squares(x, length, 1, false);
}

/** x[i] *= factor, and Σ x[i]² of the result in float64, in one pass. */
export function scaleSumSquares(x: usize, length: i32, factor: f32): f64 {
  return squares(x, length, factor, true);
}

/** x[i] into [−bound, bound]; NaN stays NaN. */
export function clip(x: usize, length: i32, bound: f32): void {
  const end = x + ((<usize>length) << 2);
  const wide = x + ((<usize>length & ~3) << 2);
  const low = f32x4.splat(-bound);
  const high = f32x4.splat(bound);
  for (; x < wide; x += 16) v128.store(x, f32x4.min(f32x4.max(v128.load(x), low), high));
  for (; x < end; x += 4) f32.store(x, min<f32>(max<f32>(f32.load(x), -bound), bound));
}

/** gradient[i] += l1·sign(weight[i]) + twoL2·weight[i], the sum of the two terms first; sign(±0) = 0. */
export function regularize(gradient: usize, weight: usize, length: i32, l1: f32, twoL2: f32): void {
  const end = gradient + ((<usize>length) << 2);
  const wide = gradient + ((<usize>length & ~3) << 2);
  const zero = f32x4.splat(0);
  const signBit = i32x4.splat(0x80000000);
  const l1s = f32x4.splat(l1);
  const l2s = f32x4.splat(twoL2);
  for (; gradient < wide; gradient += 16, weight += 16) {
    const w = v128.load(weight);
    const signed = v128.and(v128.or(v128.and(w, signBit), l1s), f32x4.ne(w, zero));
    const term = f32x4.add(signed, f32x4.mul(l2s, w));
    v128.store(gradient, f32x4.add(v128.load(gradient), term));
  }
  for (; gradient < end; gradient += 4, weight += 4) {
    const w = f32.load(weight);
    const signed: f32 = w > 0 ? l1 : w < 0 ? -l1 : 0;
    f32.store(gradient, f32.load(gradient) + (signed + twoL2 * w));
  }
}

/** running[i] += momentum·(fresh[i] − running[i]) */
export function blend(running: usize, fresh: usize, length: i32, momentum: f32): void {
  const end = running + ((<usize>length) << 2);
  for (; running < end; running += 4, fresh += 4) {
    const r = f32.load(running);
    f32.store(running, r + momentum * (f32.load(fresh) - r));
  }
}
