/**
 * Ends a switch over a closed set: a forgotten case is a type error, not a silence.
 * @throws Error, always; what comes at run time anyway is named
 */
export function unreachable(value: never): never {
  throw new Error(`There is no case for ${JSON.stringify(value)}.`);
}
