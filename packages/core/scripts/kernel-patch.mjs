/**
 * Writes one binary as a patch of another that is much like it: what to copy from where, and what to put between. Both
 * builds of the kernels differ in few instructions, and a page that computes carries both.
 */

/** Shorter copies would take more to name than what they copy. */
const COPY_BYTES_MIN = 8;
/** Places looked at for the longest copy. */
const PLACES_MAX = 64;

/**
 * The text that `patched` in `src/engine/wasm/patch.ts` reads: for each copy, joined by commas, how far it begins from where
 * the last one ended, its length (both in base 36), and the bytes that follow it in hexadecimal digits.
 */
export function patchOf(base, binary) {
  const places = new Map();
  for (let at = 0; at + COPY_BYTES_MIN <= base.length; at += 1) {
    const key = base.toString('latin1', at, at + COPY_BYTES_MIN);
    const known = places.get(key);
    if (known === undefined) places.set(key, [at]);
    else if (known.length < PLACES_MAX) known.push(at);
  }
  const copies = [{ from: 0, length: 0, bytesAfter: [] }];
  let expected = 0;
  for (let at = 0; at < binary.length; ) {
    const copy = longestCopy(base, binary, at, expected, places);
    if (copy === null) {
      copies.at(-1).bytesAfter.push(binary[at]);
      at += 1;
      expected += 1;
    } else {
      copies.push({ ...copy, bytesAfter: [] });
      at += copy.length;
      expected = copy.from + copy.length;
    }
  }
  let end = 0;
  return copies
    .map(({ from, length, bytesAfter }) => {
      const text = `${(from - end).toString(36)}.${length.toString(36)}.${Buffer.from(bytesAfter).toString('hex')}`;
      end = from + length;
      return text;
    })
    .join(',');
}

/** Where both go on alike a copy is cheap, so that place is looked at first. */
function longestCopy(base, binary, at, expected, places) {
  const key = binary.toString('latin1', at, at + COPY_BYTES_MIN);
  let best = null;
  for (const from of [expected, ...(places.get(key) ?? [])]) {
    let length = 0;
    while (at + length < binary.length && base[from + length] === binary[at + length]) length += 1;
    if (length >= COPY_BYTES_MIN && (best === null || length > best.length)) best = { from, length };
  }
  return best;
}
