/**
 * When a lease is late, and when a worker is no longer waited for. A worker that says how far it is, or that data for it is
 * coming, is at it: it is late once it says nothing more, and not because its lease takes longer than was thought.
 */
import type { RunCore } from '../model/core.ts';
import type { Lease } from '../model/task.ts';
import type { Moment } from '../model/turn.ts';
import type { WorkerState } from '../model/worker.ts';

type Bounded = Pick<RunCore, 'facts' | 'workers'>;

/** By how many milliseconds a lease is past the time at which it may be granted a second time; negative before that. */
export function overdueMs(moment: Moment<Bounded>, lease: Lease): number {
  const { state, now } = moment;
  const worker = state.workers.get(lease.worker);
  const { overdueFactor, overdueMinMs, progressSilenceMs } = state.facts.limits;
  const { grantedAt, expectedMs, headway } = lease;
  if (headway !== null && headway.done === 0) {
    // Its data has come just now, as far as anybody knows: what was expected begins there.
    return now - headway.at - Math.max(progressSilenceMs, expectedMs * overdueFactor);
  }
  if (headway !== null) {
    // When all is computed, the answer is on its way, which is no silence.
    const onTheWayMs = worker?.overheadMs ?? 0;
    const microbatchMs = (headway.computeMs / headway.done) * state.facts.spec.microbatch;
    const silenceMs = Math.max(progressSilenceMs, overdueFactor * microbatchMs);
    return now - headway.at - silenceMs - overdueFactor * onTheWayMs;
  }
  // What is queued behind a lease that has come to a halt waits in vain as well.
  const [oldest] = worker?.held ?? [];
  if (oldest !== undefined && oldest.headway !== null) {
    const haltedMs = overdueMs(moment, oldest);
    if (haltedMs > 0) return haltedMs;
  }
  return now - grantedAt - Math.max(overdueMinMs, expectedMs * overdueFactor);
}

export const isLate = (moment: Moment<Bounded>, lease: Lease): boolean => overdueMs(moment, lease) > 0;

/** The worker's oldest lease is so late that the worker counts for nothing. */
export function isStalled(moment: Moment<Bounded>, { held }: WorkerState): boolean {
  const { state, now } = moment;
  const [oldest] = held;
  if (oldest === undefined) return false;
  const { stalledMs } = state.facts.limits;
  if (oldest.headway !== null) return overdueMs(moment, oldest) > stalledMs;
  return now > oldest.grantedAt + 3 * oldest.expectedMs + stalledMs;
}

/**
 * How long the worker will still take for a lease and what it holds before it, at the speed that it has now; null where it
 * has not said how far it is.
 */
export function remainingMs({ state, now }: Moment<Bounded>, lease: Lease): number | null {
  const worker = state.workers.get(lease.worker);
  if (worker === undefined || (worker.held[0]?.headway ?? null) === null) return null;
  const before = worker.held.slice(0, worker.held.indexOf(lease) + 1);
  const work = before.reduce((sum, one) => sum + one.work, 0);
  return worker.busySince + worker.overheadMs + work / worker.speed - now;
}

/** Since when nothing has been heard of it. */
export const heardOfAt = ({ grantedAt, headway }: Lease): number => headway?.at ?? grantedAt;
