/** When a lease is late, and when a worker is no longer waited for. */
import type { RunCore } from '../model/core.ts';
import type { Lease } from '../model/task.ts';
import type { Moment } from '../model/turn.ts';
import type { WorkerState } from '../model/worker.ts';

type Bounded = Pick<RunCore, 'facts'>;

/** By how many milliseconds a lease is past the time at which it may be granted a second time; negative before that. */
export function overdueMs({ state, now }: Moment<Bounded>, { grantedAt, expectedMs }: Lease): number {
  const { overdueFactor, overdueMinMs } = state.facts.limits;
  return now - grantedAt - Math.max(overdueMinMs, expectedMs * overdueFactor);
}

export const isLate = (moment: Moment<Bounded>, lease: Lease): boolean => overdueMs(moment, lease) > 0;

/** The worker's oldest lease is so late that the worker counts for nothing. */
export function isStalled({ state, now }: Moment<Bounded>, { held }: WorkerState): boolean {
  const [oldest] = held;
  if (oldest === undefined) return false;
  return now > oldest.grantedAt + 3 * oldest.expectedMs + state.facts.limits.stalledMs;
}
