/** Waiting before trying again: doubled each time up to a bound, and spread so that a class does not come back at once. */

/**
 * Milliseconds to wait before attempt number `attempt` (from 0) is repeated: between half and all of
 * min(max, first × 2^attempt). `jitter` is uniform in [0, 1).
 */
export function backoffMs(
  attempt: number,
  jitter: number,
  limits: { readonly backoffFirstMs: number; readonly backoffMaxMs: number },
): number {
  let wait = limits.backoffFirstMs;
  for (let i = 0; i < attempt && wait < limits.backoffMaxMs; i += 1) wait *= 2;
  return Math.round(Math.min(wait, limits.backoffMaxMs) * (0.5 + jitter / 2));
}
