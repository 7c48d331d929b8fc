/** When a page asks its coordinator what goes on in the room. */

/** Somebody looks, and somebody may answer: a coordinator whose connection is lost or over is not asked. */
export function isWorthAsking(isHidden: boolean, phase: string | undefined): boolean {
  return !isHidden && phase !== 'reconnecting' && phase !== 'ended';
}
