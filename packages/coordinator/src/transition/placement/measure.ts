/** What a worker's answers tell of it: how fast it computes, and what a lease takes beside that. */
import type { Lease } from '../model/task.ts';
import type { WorkerState } from '../model/worker.ts';
import { workOfLease } from './work.ts';

/** Training microbatches a millisecond that a worker is assumed to do before anything was measured. */
export const SPEED_UNKNOWN = 0.01;

/** How many overheads are remembered. */
const OVERHEADS_KEPT = 5;

/** Takes a finished lease's time into the worker's speed: an exponential average that forgets in a few leases. */
export function measureSpeed(worker: WorkerState, lease: Lease, computeMs: number, now: number): void {
  const speed = workOfLease(lease) / Math.max(computeMs, 0.01);
  // Trials are rare, so the latest counts alone.
  const anew = worker.leasesDone === 0 || lease.trial;
  worker.speed = anew ? speed : 0.7 * worker.speed + 0.3 * speed;
  worker.leasesDone += 1;
  if (lease.alone) measureOverhead(worker, Math.max(0, now - lease.grantedAt - computeMs));
}

/** A queued lease hides what it takes beside computing behind the one before, so only one that was alone shows it. */
function measureOverhead(worker: WorkerState, overheadMs: number): void {
  const { overheads } = worker;
  overheads.push(overheadMs);
  if (overheads.length > OVERHEADS_KEPT) overheads.shift();
  const sorted = [...overheads].sort((a, b) => a - b);
  worker.overheadMs = sorted[(sorted.length - 1) >> 1] as number;
}

/** A lease that was overtaken shows how fast its worker is at most. */
export function measureOvertaken(worker: WorkerState, lease: Lease, now: number): void {
  if (worker.held[0] !== lease) return;
  const computingMs = now - worker.busySince - worker.overheadMs;
  if (computingMs > 0) worker.speed = Math.min(worker.speed, workOfLease(lease) / computingMs);
}
