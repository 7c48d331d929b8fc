/** What a worker's answers tell of it: how fast it computes, and what a lease takes beside that. */
import type { Lease } from '../model/task.ts';
import type { Measured, WorkerState } from '../model/worker.ts';

/** Training microbatches a millisecond that a worker is assumed to do before anything was measured. */
export const SPEED_UNKNOWN = 0.01;

/** How many overheads are remembered. */
const OVERHEADS_KEPT = 5;

/** What is known of the worker with this lease finished: its speed is an exponential average that forgets in a few leases. */
export function measured(worker: WorkerState, lease: Lease, computeMs: number, now: number): Measured {
  const latest = worker.crew === null ? lease.work / Math.max(computeMs, 0.01) : worker.speed;
  const { leasesDone, overheads, overheadMs, values } = worker;
  // Trials are rare, so the latest counts alone.
  const anew = leasesDone === 0 || lease.trial;
  const speed = anew ? latest : 0.7 * worker.speed + 0.3 * latest;
  const known = { speed, leasesDone: leasesDone + 1 };
  // A queued lease hides what it takes beside computing behind the one before, so only one that was alone shows it; and
  // the first of a newcomer may have waited for data that it has from then on, as may any of which that was said.
  const hasWaited = (lease.headway?.awaited ?? null) !== null;
  const waitedForData = hasWaited || (leasesDone === 0 && values === 'cheaper');
  if (!lease.alone || waitedForData) return { ...known, overheads, overheadMs };
  // Of a gateway, what its lease has taken beyond what its speed tells.
  const computingMs = worker.crew === null ? computeMs : lease.work / worker.speed;
  const beside = Math.max(0, now - lease.grantedAt - computingMs);
  const recent = [...overheads, beside].slice(-OVERHEADS_KEPT);
  const sorted = [...recent].sort((a, b) => a - b);
  return { ...known, overheads: recent, overheadMs: sorted[(sorted.length - 1) >> 1] as number };
}

/**
 * A lease that may have waited for data shows no less than this part of the speed that was known: whoever is thought to be
 * too slow for anything cannot show that it is not.
 */
const OVERTAKEN_MIN = 1 / 2;

/** How fast the worker is at most, as a lease of its that was overtaken shows. */
export function speedOvertaken(worker: WorkerState, lease: Lease, now: number): number {
  const { held, speed, busySince, overheadMs, values } = worker;
  if (held[0] !== lease) return speed;
  const computingMs = now - busySince - overheadMs;
  if (computingMs <= 0) return speed;
  // A worker that is ready has the data of its steps before it needs them, but not those of an evaluation.
  const mayHaveWaited = values !== 'none' || lease.task === 'evaluate';
  const least = mayHaveWaited ? OVERTAKEN_MIN * speed : 0;
  return Math.min(speed, Math.max(least, lease.work / computingMs));
}
