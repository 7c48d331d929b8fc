/** A float64 as exponent and significand: exact scaling by powers of two. */

const view = new DataView(new ArrayBuffer(8));

/** 2^exponent for exponent in [−1022, 1023], exact. */
export function powerOfTwo(exponent: number): number {
  view.setUint32(0, (exponent + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

/** value × 2^exponent with one rounding at most (when the result is subnormal); |exponent| ≤ 1100, value in [1/4, 4]. */
export function scaleByPowerOfTwo(value: number, exponent: number): number {
  if (exponent > 1000) return value * powerOfTwo(1000) * powerOfTwo(exponent - 1000);
  if (exponent < -1000) return value * powerOfTwo(exponent + 200) * powerOfTwo(-200);
  return value * powerOfTwo(exponent);
}

/** Exponent e such that value = m·2^e, m in [1, 2); for positive normal values. */
export function exponentOf(value: number): number {
  view.setFloat64(0, value);
  return ((view.getUint32(0) >>> 20) & 0x7ff) - 1023;
}
