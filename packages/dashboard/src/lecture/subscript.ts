/** Small numbers below the line, as inputs and weights are numbered. */
const DIGITS = '₀₁₂₃₄₅₆₇₈₉';

export const subscript = (number: number): string =>
  [...String(number)].map((digit) => DIGITS[Number(digit)] ?? digit).join('');
