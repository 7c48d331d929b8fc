/**
 * How long the gradients of a run usually are, for each number of microbatches that they are summed over: learned from
 * the answers that counted, by median and median deviation, which a minority of strange ones does not move. An answer
 * of an unusual length is no proof of anything; it is looked at.
 */

/** Recent answers that are remembered for each number of microbatches. */
const REMEMBERED_MAX = 64;
/** Before so many are known, nothing is unusual. */
const KNOWN_MIN = 8;
/** Different numbers of microbatches that are told apart; powers of two, for the most part. */
const SIZES_MAX = 64;
/** The median deviation of a normal distribution is 1/1.4826 of its standard deviation; five of these are unusual, … */
const DEVIATIONS = 5 * 1.4826;
/** … but never less than a factor of three either way: gradients change while a run learns. */
const FACTOR_MIN = Math.log(3);

/** Natural logarithms of the Euclidean lengths, by number of microbatches; the newest last. */
export type Norms = Map<number, number[]>;

export function noteNorm(norms: Norms, leaves: number, logNorm: number): void {
  if (!Number.isFinite(logNorm)) return;
  const known = norms.get(leaves) ?? [];
  if (!norms.has(leaves) && norms.size >= SIZES_MAX) return;
  norms.set(leaves, known);
  known.push(logNorm);
  if (known.length > REMEMBERED_MAX) known.shift();
}

/** How many times as long as usual it is, or the inverse; null when that is nothing unusual. */
export function unusualNorm(norms: Norms, leaves: number, logNorm: number): number | null {
  const known = norms.get(leaves);
  if (known === undefined || known.length < KNOWN_MIN) return null;
  const middle = median(known);
  const spread = median(known.map((one) => Math.abs(one - middle)));
  const distance = Math.abs(logNorm - middle);
  return distance > Math.max(FACTOR_MIN, DEVIATIONS * spread) ? Math.exp(distance) : null;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? upper)) / 2;
}
