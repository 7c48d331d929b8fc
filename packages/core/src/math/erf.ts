/** The error function in float64 from + − × ÷ alone; see elementary.ts for why. */
import { exp } from './exponential.ts';

const TWO_OVER_ROOT_PI = 1.1283791670955126;
const ONE_OVER_ROOT_PI = 0.5641895835477563;
/** From here erf rounds to 1. */
const ERF_ONE_FROM = 6;
const SERIES_UP_TO = 2.5;
/** Levels of the continued fraction: 10⁻¹⁷ of erf at 2.5, better above. */
const FRACTION_LEVELS = 40;

/** erf x = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)): every term is positive, nothing cancels. */
function bySeries(x: number): number {
  const square = 2 * x * x;
  let term = x;
  let sum = x;
  for (let odd = 3; term > sum * 1e-17; odd += 2) {
    term *= square / odd;
    sum += term;
  }
  return TWO_OVER_ROOT_PI * exp(-x * x) * sum;
}

/** erfc x = e^(−x²)/√π · 1/(x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …)))), Laplace's continued fraction. */
function complementByFraction(x: number): number {
  let tail = x;
  for (let n = FRACTION_LEVELS; n >= 1; n -= 1) tail = x + (n * 0.5) / tail;
  return (ONE_OVER_ROOT_PI * exp(-x * x)) / tail;
}

/** Error function; keeps the sign of −0. Relative error below 10⁻¹⁴. */
export function erf(x: number): number {
  if (x === 0 || Number.isNaN(x)) return x;
  const size = x < 0 ? -x : x;
  let value = 1;
  if (size < SERIES_UP_TO) value = bySeries(size);
  else if (size < ERF_ONE_FROM) value = 1 - complementByFraction(size);
  return x < 0 ? -value : value;
}
