/** sin and cos in float64 from + − × ÷ alone; see elementary.ts for why. */

const TWO_OVER_PI = 0.6366197723675814;
/** π/2 in three parts; the first two have 33 bits, so that their products with any quarter below 2²⁰ are exact. */
const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_MIDDLE = 6.077100506303966e-11;
const HALF_PI_LOW = 2.0222662487959506e-21;

/** Series of sin r for |r| ≤ π/4, to r¹⁷. */
function sinSeries(r: number): number {
  const square = r * r;
  let sum = 1;
  for (let n = 16; n >= 4; n -= 2) sum = 1 - (square * sum) / (n * (n + 1));
  return r - (r * square * sum) / 6;
}

/** Series of cos r for |r| ≤ π/4, to r¹⁸. */
function cosSeries(r: number): number {
  const square = r * r;
  let sum = 1;
  for (let n = 17; n >= 3; n -= 2) sum = 1 - (square * sum) / (n * (n + 1));
  return 1 - square * sum * 0.5;
}

/** sin of x + quarters·π/2. */
function sinShifted(x: number, quarters: number): number {
  const k = Math.floor(x * TWO_OVER_PI + 0.5);
  const high = x - k * HALF_PI_HIGH;
  const middle = k * HALF_PI_MIDDLE;
  const sum = high - middle;
  // What rounding took from `sum` comes back with the last part of π/2: results near the zeros keep their digits.
  const r = sum + (high - sum - middle - k * HALF_PI_LOW);
  const quadrant = k + quarters - 4 * Math.floor((k + quarters) / 4);
  if (quadrant === 0) return sinSeries(r);
  if (quadrant === 1) return cosSeries(r);
  if (quadrant === 2) return -sinSeries(r);
  return -cosSeries(r);
}

/**
 * Sine of x radians; keeps the sign of −0, NaN for infinities. Relative error below 10⁻¹⁵ for |x| ≤ 10⁶;
 * beyond, the absolute error grows as |x|·10⁻¹⁶ (nothing in a run turns by more than a few circles).
 */
export function sin(x: number): number {
  if (x === 0) return x;
  if (x - x !== 0) return Number.NaN;
  return sinShifted(x, 0);
}

/** Cosine of x radians; NaN for infinities. Accuracy as `sin`. */
export function cos(x: number): number {
  if (x - x !== 0) return Number.NaN;
  return sinShifted(x, 1);
}
