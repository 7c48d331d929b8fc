/** Fewer of many, for people to look at. */

/** At most so many of them, evenly spaced, with the last. */
export function thinned<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  const stride = Math.ceil(all.length / most);
  return all.filter((_, i) => (all.length - 1 - i) % stride === 0);
}
