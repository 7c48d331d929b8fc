/** Ends a switch over a union: a forgotten case is a type error, not a silence. */
export function unreachable(value: never): never {
  throw new Error(`There is no case for ${JSON.stringify(value)}.`);
}
