/**
 * Placing work: who gets which leaves next, and which late lease is granted a second time.
 *
 * All work of the task that is not answered is shared out by measured speed, so that all workers finish together;
 * a worker gets somewhat more than half of its share at once and the rest as a queued lease, so that it computes
 * while the next lease travels, and a slow one leaves something to take over.
 */
import type { Effect, GrantEffect } from './effects.ts';
import type { WorkerId } from './events.ts';
import type { Grant, Lease, OpenRange, RunState, Task, WorkerState } from './state.ts';
import { addHolder, openLease, taskOf } from './task.ts';

/** An evaluation has no backward pass: this part of a training microbatch's work, at every worker. */
const EVALUATION_SHARE = 1 / 3;

/** The part of its share that a worker is granted at once. */
const FIRST_PORTION = 0.6;

/** Training microbatches a millisecond that a worker is assumed to do before anything was measured. */
export const SPEED_UNKNOWN = 0.01;

/** Hands out what can be handed out now; called after every event. */
export function schedule(state: RunState, now: number, emit: (effect: Effect) => void): void {
  const task = taskOf(state);
  if (task === null) return;
  for (let granted = true; granted && task.open.length > 0; ) {
    granted = false;
    for (const worker of byLoad(state, task, now)) {
      const lease = grantShare(state, task, worker, now);
      if (lease === null) continue;
      emit(grantEffect(state, task, worker, lease));
      granted = true;
    }
  }
  if (task.open.length === 0) grantCopies(state, task, now, emit);
}

/** Workers that may take a lease: those that hold nothing first, then the faster first; ties by number. */
function byLoad(state: RunState, task: Task, now: number): WorkerState[] {
  return [...state.workers.values()]
    .filter((worker) => worker.phase === 'active' && worker.held.length < state.facts.limits.leasesHeldMax)
    .sort((a, b) => backlogMs(a, task, now) - backlogMs(b, task, now) || b.speed - a.speed || a.id - b.id);
}

function leafMs(worker: WorkerState, task: Task): number {
  return (task.kind === 'evaluate' ? EVALUATION_SHARE : 1) / worker.speed;
}

function heldLeaves(worker: WorkerState): number {
  return worker.held.reduce((sum, lease) => sum + lease.grant.to - lease.grant.from, 0);
}

/** Leaves in hand and not computed yet, judged by the time since it began with the oldest lease. */
function remainingLeaves(worker: WorkerState, task: Task, now: number): number {
  const oldest = worker.held[0];
  if (oldest === undefined) return 0;
  const done = Math.min((now - worker.busySince) / leafMs(worker, task), oldest.grant.to - oldest.grant.from);
  return heldLeaves(worker) - done;
}

function backlogMs(worker: WorkerState, task: Task, now: number): number {
  return remainingLeaves(worker, task, now) * leafMs(worker, task);
}

/** How late the worker's oldest lease is allowed to be before it counts for nothing. */
export function isStalled(state: RunState, worker: WorkerState, now: number): boolean {
  const oldest = worker.held[0];
  return (
    oldest !== undefined && now > oldest.grantedAt + 3 * oldest.expectedMs + state.facts.limits.stalledMs
  );
}

function openLeaves(task: Task): number {
  return task.open.reduce((sum, range) => sum + range.to - range.from, 0);
}

/** The leaves this worker should still get so that all finish together; may be negative. */
function shareOf(state: RunState, task: Task, worker: WorkerState, now: number): number {
  let outstanding = openLeaves(task);
  let speeds = 0;
  for (const other of state.workers.values()) {
    if (other.phase !== 'active' || isStalled(state, other, now)) continue;
    outstanding += remainingLeaves(other, task, now);
    speeds += other.speed;
  }
  if (speeds === 0) return outstanding;
  return (outstanding * worker.speed) / speeds - remainingLeaves(worker, task, now);
}

function grantShare(state: RunState, task: Task, worker: WorkerState, now: number): Lease | null {
  if (isStalled(state, worker, now)) return null;
  const share = shareOf(state, task, worker, now);
  if (share < 1 && worker !== earliestToFinish(state, task, now)) return null;
  const wanted = Math.max(1, Math.ceil(share * FIRST_PORTION));
  const range = chooseRange(state, task, worker, wanted);
  if (range === null) return null;
  const expectedMs = backlogMs(worker, task, now) + (range.to - range.from) * leafMs(worker, task);
  return openLease(state, task, worker, range, now, expectedMs);
}

/** Who would be done first with one more leaf; it alone gets what is less than a leaf's worth of anyone's share. */
function earliestToFinish(state: RunState, task: Task, now: number): WorkerState | null {
  let first: WorkerState | null = null;
  let firstMs = Number.POSITIVE_INFINITY;
  for (const worker of state.workers.values()) {
    if (worker.phase !== 'active' || isStalled(state, worker, now)) continue;
    if (task.open.every((open) => isAvoided(state, open, worker))) continue;
    const endsMs = backlogMs(worker, task, now) + leafMs(worker, task);
    if (endsMs < firstMs) {
      first = worker;
      firstMs = endsMs;
    }
  }
  return first;
}

/**
 * Called after every step: whoever was too slow to get a leaf of it is thought a little faster, so that it is tried
 * again in time and a wrong or outdated measurement starves no one.
 */
export function forgetSlowness(state: RunState): void {
  for (const worker of state.workers.values()) {
    if (worker.phase === 'active' && worker.held.length === 0 && !worker.workedInStep) worker.speed *= 1.25;
    worker.workedInStep = false;
  }
}

/** A second opinion on "not finite" is asked of another worker as long as there is one. */
function isAvoided(state: RunState, open: OpenRange, worker: WorkerState): boolean {
  return open.avoid === worker.id && hasOthers(state, worker);
}

function hasOthers(state: RunState, worker: WorkerState): boolean {
  for (const other of state.workers.values()) {
    if (other.id !== worker.id && other.phase === 'active') return true;
  }
  return false;
}

/**
 * The largest aligned power-of-two block of at most `wanted` leaves (one partial to send), leftmost among equals;
 * everything that is open when that is no more than wanted and lies in one piece.
 */
function chooseRange(
  state: RunState,
  task: Task,
  worker: WorkerState,
  wanted: number,
): { readonly index: number; readonly from: number; readonly to: number } | null {
  let best: { index: number; from: number; to: number } | null = null;
  for (let index = 0; index < task.open.length; index += 1) {
    const open = task.open[index] as OpenRange;
    if (isAvoided(state, open, worker)) continue;
    if (task.open.length === 1 && open.to - open.from <= wanted)
      return { index, from: open.from, to: open.to };
    const block = alignedBlock(open, wanted);
    if (best === null || block.to - block.from > best.to - best.from) best = { index, ...block };
  }
  return best;
}

function alignedBlock(open: OpenRange, wanted: number): { from: number; to: number } {
  let size = 1;
  while (size * 2 <= wanted && size * 2 <= open.to - open.from) size *= 2;
  for (; size > 1; size /= 2) {
    const from = Math.ceil(open.from / size) * size;
    if (from + size <= open.to) return { from, to: from + size };
  }
  return { from: open.from, to: open.from + 1 };
}

/** Idle workers take copies of the leases that are most overdue. */
function grantCopies(state: RunState, task: Task, now: number, emit: (effect: Effect) => void): void {
  for (const worker of byLoad(state, task, now)) {
    if (worker.held.length > 0) continue;
    const grant = mostOverdue(state, task, worker.id, now);
    if (grant === null) continue;
    const lease = addHolder(state, task, grant, worker, now, (grant.to - grant.from) * leafMs(worker, task));
    emit({
      type: 'log',
      level: 'info',
      message: `Microbatches ${grant.from} to ${grant.to - 1} are late; ${worker.name} computes them as well.`,
    });
    emit(grantEffect(state, task, worker, lease));
  }
}

function mostOverdue(state: RunState, task: Task, notBy: WorkerId, now: number): Grant | null {
  const { overdueFactor, overdueMinMs } = state.facts.limits;
  let worst: Grant | null = null;
  let worstMs = 0;
  for (const grant of task.grants) {
    const leases = [...grant.holders].map((id) => state.leases.get(id) as Lease);
    if (leases.length !== 1 || leases.some((lease) => lease.worker === notBy)) continue;
    const lease = leases[0] as Lease;
    const overMs = now - lease.grantedAt - Math.max(overdueMinMs, lease.expectedMs * overdueFactor);
    if (overMs > worstMs) {
      worst = grant;
      worstMs = overMs;
    }
  }
  return worst;
}

function grantEffect(state: RunState, task: Task, worker: WorkerState, lease: Lease): GrantEffect {
  const { version, epoch, step } = state.progress;
  const withParameters = worker.version !== version;
  worker.version = version;
  return {
    type: 'grant',
    worker: worker.id,
    lease: lease.id,
    task: task.kind,
    set: task.set,
    version,
    epoch,
    step,
    from: lease.grant.from,
    to: lease.grant.to,
    leaves: task.leaves,
    expectedMs: lease.expectedMs,
    withParameters,
    withValues: !worker.ready,
  };
}

/** Takes a finished lease's time into the worker's speed: an exponential average that forgets in a few leases. */
export function measureSpeed(worker: WorkerState, lease: Lease, computeMs: number): void {
  const leaves = lease.grant.to - lease.grant.from;
  const work = lease.task === 'evaluate' ? leaves * EVALUATION_SHARE : leaves;
  const speed = work / Math.max(computeMs, 0.01);
  worker.speed = worker.leasesDone === 0 ? speed : 0.7 * worker.speed + 0.3 * speed;
  worker.leasesDone += 1;
}
