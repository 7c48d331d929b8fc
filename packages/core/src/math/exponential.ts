/** exp, expm1, log, tanh and pow in float64 from + − × ÷ alone; see elementary.ts for why. */
import { exponentOf, powerOfTwo, scaleByPowerOfTwo } from './bits.ts';

/** ln 2 in two parts; the high one has 32 bits, so that its product with any exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** Above this exp overflows, below −EXP_UNDERFLOW it rounds to zero. */
const EXP_OVERFLOW = 709.782712893384;
const EXP_UNDERFLOW = 745.1332191019412;

/** The largest exponent that pow reaches by multiplication; errors grow with the exponent, and exp/log take over. */
const MULTIPLIED_EXPONENT_MAX = 512;
const SMALLEST_NORMAL = 2.2250738585072014e-308;

/** e^r − 1 for |r| ≤ 0.35: the Taylor series to r¹⁴, whose rest is below 10⁻¹⁸ of the value. */
function expm1Series(r: number): number {
  let sum = 1 / 14;
  for (let n = 13; n >= 3; n -= 1) sum = (1 + r * sum) / n;
  // sum = 1/3 + r/12 + …, so that r + r²·(1/2 + r·sum/2) adds the small terms to the large one last.
  return r + r * r * (0.5 + r * 0.5 * sum);
}

/** e^x; relative error below 3·10⁻¹⁶ where the result is normal. */
export function exp(x: number): number {
  if (x > EXP_OVERFLOW) return Number.POSITIVE_INFINITY;
  if (x < -EXP_UNDERFLOW) return 0;
  if (Number.isNaN(x)) return x;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  return scaleByPowerOfTwo(1 + expm1Series(r), k);
}

/** e^x − 1 without cancellation near zero; keeps the sign of −0. */
export function expm1(x: number): number {
  if (x > EXP_OVERFLOW) return Number.POSITIVE_INFINITY;
  if (x < -40) return -1;
  if (x === 0 || Number.isNaN(x)) return x;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  if (k === 0) return expm1Series(x);
  if (k > 60) return exp(x);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  const scale = powerOfTwo(k);
  return scale * expm1Series(r) + (scale - 1);
}

/** Natural logarithm; NaN below zero, −∞ at either zero. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return x;
  const subnormal = x < SMALLEST_NORMAL;
  const normal = subnormal ? x * powerOfTwo(54) : x;
  let k = exponentOf(normal);
  let m = normal * powerOfTwo(-Math.floor(k / 2)) * powerOfTwo(Math.floor(k / 2) - k);
  if (m > Math.SQRT2) {
    m *= 0.5;
    k += 1;
  }
  if (subnormal) k -= 54;
  // log m = 2·artanh(s) with s = (m − 1)/(m + 1), |s| ≤ 0.172; the rest after s²³ is below 10⁻¹⁷ of the value.
  const f = m - 1;
  const s = f / (2 + f);
  const square = s * s;
  let sum = 1 / 23;
  for (let n = 21; n >= 3; n -= 2) sum = sum * square + 1 / n;
  const series = 2 * square * sum;
  // 2s = f − s·f exactly, and f is exact: the large term carries no rounding.
  return k * LN2_HIGH + (f - (s * (f - series) - k * LN2_LOW));
}

/** Hyperbolic tangent; keeps the sign of −0. */
export function tanh(x: number): number {
  if (x === 0 || Number.isNaN(x)) return x;
  const size = x < 0 ? -x : x;
  if (size > 22) return x < 0 ? -1 : 1;
  const e = expm1(2 * size);
  const value = e / (e + 2);
  return x < 0 ? -value : value;
}

/** base^exponent for an integer exponent ≥ 1 by repeated squaring. */
function multiply(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  let rest = exponent;
  for (;;) {
    if (rest % 2 === 1) result *= square;
    rest = Math.floor(rest / 2);
    if (rest === 0) return result;
    square *= square;
  }
}

/** Magnitude of base^exponent, base positive and finite, exponent finite and not zero. */
function powPositive(base: number, exponent: number): number {
  const size = exponent < 0 ? -exponent : exponent;
  if (Math.floor(size) === size && size <= MULTIPLIED_EXPONENT_MAX) {
    const product = multiply(base, size);
    if (exponent > 0) return product;
    if (product >= SMALLEST_NORMAL && product < Number.POSITIVE_INFINITY) return 1 / product;
  }
  return exp(exponent * log(base));
}

/**
 * base^exponent with the special cases of `Math.pow`. Relative error below 10⁻¹³, growing with |exponent·log base|;
 * small integer exponents go by multiplication.
 */
export function pow(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  if (Number.isNaN(exponent) || Number.isNaN(base)) return Number.NaN;
  const size = base < 0 ? -base : base;
  const infinite = exponent === Number.POSITIVE_INFINITY || exponent === Number.NEGATIVE_INFINITY;
  if (infinite) {
    if (size === 1) return Number.NaN;
    return size > 1 === exponent > 0 ? Number.POSITIVE_INFINITY : 0;
  }
  const integer = Math.floor(exponent) === exponent;
  const odd = integer && exponent % 2 !== 0;
  const negative = odd && (base < 0 || Object.is(base, -0));
  let magnitude: number;
  if (size === 0 || size === Number.POSITIVE_INFINITY) {
    magnitude = (size === 0) === exponent < 0 ? Number.POSITIVE_INFINITY : 0;
  } else if (base < 0 && !integer) {
    return Number.NaN;
  } else {
    magnitude = powPositive(size, exponent);
  }
  return negative ? -magnitude : magnitude;
}
