/** Numbers with their nouns, for sentences. */

/** `1 epoch`, `12 epochs`, `0 entries`; `shown` is how the number is written where that is not as it stands. */
export function counted(
  count: number,
  one: string,
  options: { readonly many?: string; readonly shown?: string } = {},
): string {
  const { many = `${one}s`, shown = String(count) } = options;
  return `${shown} ${count === 1 ? one : many}`;
}
