/** Waiting before trying again: doubled each time up to a bound, and spread so that a class does not come back at once. */

export type BackoffBounds = { readonly backoffFirstMs: number; readonly backoffMaxMs: number };

/**
 * Milliseconds to wait before attempt number `attempt` (from 0) is repeated: between half and all of
 * min(max, first × 2^attempt). `jitter` is uniform in [0, 1).
 */
export function backoffMs(attempt: number, jitter: number, bounds: BackoffBounds): number {
  let wait = bounds.backoffFirstMs;
  for (let i = 0; i < attempt && wait < bounds.backoffMaxMs; i += 1) wait *= 2;
  return Math.round(Math.min(wait, bounds.backoffMaxMs) * (0.5 + jitter / 2));
}
