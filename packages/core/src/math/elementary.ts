/**
 * The elementary functions in float64, the same bits in every JavaScript engine. `Math.exp` and its kin may differ
 * in the last bit between engines; what a run computes is made of these instead, which use nothing but
 * + − × ÷, Math.sqrt, Math.floor and bit views (all exact or correctly rounded by the language's specification).
 */
export { erf } from './erf.ts';
export { exp, expm1, log, pow, tanh } from './exponential.ts';
export { cos, sin } from './trigonometric.ts';
