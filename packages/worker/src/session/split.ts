/** Cuts a lease's range of leaves into contiguous parts, one for each slot. */

export type LeafRange = { readonly from: number; readonly to: number };

/**
 * [from, to) in at most `parts` contiguous pieces, none longer than ⌈leaves / parts⌉, so that no slot works longer
 * than it must. Where that leaves a choice, cuts fall on the boundaries of large subtrees: fewer partials to sum.
 */
export function splitRange(from: number, to: number, parts: number): LeafRange[] {
  const pieces = Math.min(parts, to - from);
  const longest = Math.ceil((to - from) / pieces);
  const ranges: LeafRange[] = [];
  let at = from;
  for (let left = pieces; at < to; left -= 1) {
    const cut = bestCut(Math.max(at + 1, to - (left - 1) * longest), Math.min(at + longest, to), to);
    ranges.push({ from: at, to: cut });
    at = cut;
  }
  return ranges;
}

/** The number in [low, high] that the largest power of two divides, the highest among equals; `end` if it is there. */
function bestCut(low: number, high: number, end: number): number {
  if (high === end) return end;
  let best = high;
  for (let cut = high; cut >= low; cut -= 1) {
    if (alignment(cut) > alignment(best)) best = cut;
  }
  return best;
}

function alignment(leaf: number): number {
  let level = 0;
  for (let rest = leaf; rest > 0 && rest % 2 === 0; rest /= 2) level += 1;
  return level;
}
