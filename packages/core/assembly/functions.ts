/**
 * exp, tanh and the normal distribution on four floats, from + − × ÷ alone, so that every machine gets the same bits.
 * The strict build rounds each operation once; errors stay within a few units in the last place.
 */
import { madd } from './arithmetic';

// @ts-ignore: decorator
@inline
function horner(x: v128, acc: v128, coefficient: f32): v128 {
  return madd(f32x4.splat(coefficient), acc, x);
}

/**
 * eˣ = 2ⁿ·eʳ with n = round(x / ln 2) and |r| ≤ ln 2 / 2; ln 2 is subtracted in two parts, the first of which
 * has few enough bits for n times it to be exact. eʳ by its Taylor polynomial of degree 7 (remainder 5e-9). Arguments
 * are held to [−87, 88], where 2ⁿ is a normal number; NaN stays NaN.
 */
export function exp4(value: v128): v128 {
  const x = f32x4.max(f32x4.min(value, f32x4.splat(88)), f32x4.splat(-87));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.4426950408889634)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.1219444005469057e-4)));
  let p = f32x4.splat(1.984126984126984e-4);
  p = horner(r, p, 1.388888888888889e-3);
  p = horner(r, p, 8.333333333333333e-3);
  p = horner(r, p, 4.1666666666666664e-2);
  p = horner(r, p, 1.6666666666666666e-1);
  p = horner(r, p, 0.5);
  p = horner(r, p, 1);
  p = horner(r, p, 1);
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

/** 1 / (1 + e⁻ˣ). */
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

/**
 * |x| < 1: the [7/6] Padé approximant x(135135 + 17325x² + 378x⁴ + x⁶) / (135135 + 62370x² + 3150x⁴ + 28x⁶), which
 * keeps the relative precision of small values; beyond, sign(x)·(1 − 2 / (e^{2|x|} + 1)).
 */
export function tanh4(x: v128): v128 {
  const one = f32x4.splat(1);
  const size = f32x4.abs(x);
  const s = f32x4.mul(x, x);
  const over = horner(s, horner(s, horner(s, one, 378), 17325), 135135);
  const under = horner(s, horner(s, horner(s, f32x4.splat(28), 3150), 62370), 135135);
  const near = f32x4.div(f32x4.mul(x, over), under);
  const e = exp4(f32x4.add(size, size));
  const far = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(e, one)));
  const sign = v128.and(x, i32x4.splat(0x80000000));
  return v128.bitselect(near, v128.or(far, sign), f32x4.lt(size, one));
}

/** e^{−x²/2}, the normal density times √2π. */
export function bell4(x: v128): v128 {
  return exp4(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
}

/**
 * Φ(x) = (1 + erf(x / √2)) / 2, given bell = e^{−x²/2}. The tail 1 − Φ(|x|) = bell · P(t), t = 1 / (1 + 0.3|x|), with P
 * fitted by least squares of the relative error at 200 Chebyshev points of |x| ≤ 14: 3e-7 at most in float32.
 */
export function normal4(x: v128, bell: v128): v128 {
  const one = f32x4.splat(1);
  const t = f32x4.div(one, madd(one, f32x4.abs(x), f32x4.splat(0.3)));
  let p = f32x4.splat(0.0388709195);
  p = horner(t, p, -0.171443552);
  p = horner(t, p, 0.233107477);
  p = horner(t, p, -0.0812823027);
  p = horner(t, p, 0.145609826);
  p = horner(t, p, 0.0934725851);
  p = horner(t, p, 0.122204594);
  p = horner(t, p, 0.119451404);
  p = horner(t, p, 9.09630853e-06);
  const tail = f32x4.mul(bell, p);
  return v128.bitselect(f32x4.sub(one, tail), tail, f32x4.ge(x, f32x4.splat(0)));
}

/** ln x of a positive, finite number: x = m·2ᵏ, ln m = 2·atanh((m−1)/(m+1)) by its series, |(m−1)/(m+1)| ≤ 0.1716. */
export function log(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  let k = <i32>(bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k += 1;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let series: f64 = 0;
  for (let n = 21; n >= 1; n -= 2) series = series * z + 1 / <f64>n;
  return <f64>k * 0.6931471805599453 + 2 * s * series;
}
