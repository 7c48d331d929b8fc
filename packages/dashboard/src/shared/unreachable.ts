/** Ends a switch over a closed set: what has no case does not compile, and what comes at run time anyway is named. */
export function unreachable(value: never): never {
  throw new Error(`This page does not know ${JSON.stringify(value)}: load it again to get the newer one.`);
}
