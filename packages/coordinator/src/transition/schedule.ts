/**
 * Placing work: who gets which leaves next, and which late lease is granted a second time.
 *
 * All work that is not answered is shared out by measured speed, so that all workers finish together; a worker gets
 * somewhat more than half of its share at once and the rest as a queued lease, so that it computes while the next
 * lease travels, and a slow one leaves something to take over. What is less than a leaf's worth of anyone's share
 * goes to whoever will be done with it first.
 */
import type { Effect, GrantEffect } from './effects.ts';
import { remainingWork, workInHands, workOf } from './load.ts';
import { mayGrant } from './pacing.ts';
import { chooseReach } from './reach.ts';
import { countServed } from './serving.ts';
import { placeAll } from './standing.ts';
import {
  type Grant,
  type Lease,
  type OpenRange,
  type RunState,
  type Task,
  takesPart,
  type WorkerState,
} from './state.ts';
import { copyLease, openLease, taskOf } from './task.ts';
import { giveTrials } from './trials.ts';

/** The part of its share that a worker is granted at once. */
const FIRST_PORTION = 0.6;

/**
 * A share of up to so many leaves is granted to an idle worker as one lease: cut in two it would all be granted as
 * well, nothing would be left for others to take over, and one partial more would travel.
 */
const UNDIVIDED_MAX = 4;

/** Hands out what can be handed out now; called after every event. */
export function schedule(state: RunState, now: number, emit: (effect: Effect) => void): void {
  const task = taskOf(state);
  if (task === null) return;
  if (task.open.length > 0) shareOut(state, task, now, emit);
  if (task.open.length > 0 || task.tried || !mayGrant(state)) return;
  for (const { worker, lease } of giveTrials(state, task, now)) {
    emit(grantEffect(state, task, worker, lease));
  }
}

function shareOut(state: RunState, task: Task, now: number, emit: (effect: Effect) => void): void {
  const { standing } = state;
  const leafWork = workOf(task.kind, 1);
  if (leafWork !== standing.leafWork) placeAll(state, leafWork);
  /** Those who should not judge what is open a second time. */
  const aside: WorkerState[] = [];
  while (task.open.length > 0 && mayGrant(state)) {
    standing.settle(now);
    const earliest = standing.earliest(now);
    const taker = nextTaker(state, task, earliest, now);
    const unfit = [taker, earliest].find((one) => one !== null && mayTakeNothing(state, task, one));
    if (unfit) {
      standing.remove(unfit);
      aside.push(unfit);
      continue;
    }
    if (taker === null) break;
    const lease = grantShare(state, task, taker, now);
    if (lease !== null) emit(grantEffect(state, task, taker, lease));
  }
  for (const worker of aside) standing.place(worker, state.facts.limits.leasesHeldMax);
}

/**
 * The worker to be granted a lease next: one whose share of the work is not used up, those that are free first, then
 * the faster; else the one that would be done first with one more leaf, if it may take it.
 */
function nextTaker(
  state: RunState,
  task: Task,
  earliest: WorkerState | null,
  now: number,
): WorkerState | null {
  const takers = state.standing.firstTakers();
  for (const worker of takers) {
    if (worker === earliest || shareOf(state, task, worker, now) >= 1) return worker;
  }
  return earliest !== null && earliest.held.length < state.facts.limits.leasesHeldMax ? earliest : null;
}

/** How late the worker's oldest lease may be before the worker counts for nothing. */
export function isStalled(state: RunState, worker: WorkerState, now: number): boolean {
  const oldest = worker.held[0];
  return (
    oldest !== undefined && now > oldest.grantedAt + 3 * oldest.expectedMs + state.facts.limits.stalledMs
  );
}

/** The leaves this worker should still get so that all finish together; may be negative. */
function shareOf(state: RunState, task: Task, worker: WorkerState, now: number): number {
  const openWork = workOf(task.kind, openLeaves(task));
  const all = openWork + workInHands(state, now);
  const work = (all * worker.speed) / state.load.speed - remainingWork(worker, now);
  return work / workOf(task.kind, 1);
}

function openLeaves(task: Task): number {
  return task.open.reduce((sum, range) => sum + range.to - range.from, 0);
}

function grantShare(state: RunState, task: Task, worker: WorkerState, now: number): Lease | null {
  const share = shareOf(state, task, worker, now);
  const leaves = Math.round(share);
  const undivided = leaves <= UNDIVIDED_MAX && worker.held.length === 0;
  const portion = Math.max(1, undivided ? leaves : Math.ceil(share * FIRST_PORTION));
  const wanted = Math.min(portion, task.groups?.leavesMax ?? portion);
  const range = chooseRange(state, task, worker, wanted);
  if (range === null) return null;
  const work = remainingWork(worker, now) + workOf(task.kind, range.to - range.from);
  return openLease(state, task, worker, range, { now, expectedMs: work / worker.speed });
}

function mayTakeNothing(state: RunState, task: Task, worker: WorkerState): boolean {
  return task.open.every((open) => isAvoided(state, open, worker));
}

/** A second opinion on "not finite" is asked of another worker as long as there is one. */
function isAvoided(state: RunState, open: OpenRange, worker: WorkerState): boolean {
  return open.avoid === worker.id && hasOthers(state, worker);
}

function hasOthers(state: RunState, worker: WorkerState): boolean {
  for (const other of state.workers.values()) {
    if (other.id !== worker.id && takesPart(other)) return true;
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
    if (best.to - best.from >= wanted / 2) break;
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

/**
 * Looks after time: who is late counts for nothing until it answers, and workers with nothing to do take copies of
 * the leases that are most overdue.
 */
export function attendToLateness(state: RunState, now: number, emit: (effect: Effect) => void): void {
  const task = taskOf(state);
  let changed = false;
  for (const worker of state.workers.values()) {
    const stalled = isStalled(state, worker, now);
    if (stalled === worker.stalled) continue;
    worker.stalled = stalled;
    changed = true;
  }
  if (task === null) return;
  if (changed) chooseReach(state, task);
  if (task.open.length > 0 || !mayGrant(state)) return;
  if (state.standing.idle.first === null) return;
  const overdue = overdueGrants(state, task, now);
  if (overdue.length === 0) return;
  for (const worker of state.standing.idle.inOrder()) {
    const at = overdue.findIndex(({ lease }) => lease.worker !== worker.id);
    if (at < 0) continue;
    const [late] = overdue.splice(at, 1);
    if (late === undefined) continue;
    const { grant } = late;
    const expectedMs = worker.overheadMs + workOf(task.kind, grant.to - grant.from) / worker.speed;
    const lease = copyLease(state, task, grant, worker, { now, expectedMs, trial: false });
    emit({
      type: 'log',
      level: 'info',
      message: `Microbatches ${grant.from} to ${grant.to - 1} are late; ${worker.name} computes them as well.`,
    });
    emit(grantEffect(state, task, worker, lease));
  }
}

/** Grants with a single lease that is past its time, the latest first. */
function overdueGrants(
  state: RunState,
  task: Task,
  now: number,
): { readonly grant: Grant; readonly lease: Lease; readonly overMs: number }[] {
  const { overdueFactor, overdueMinMs } = state.facts.limits;
  const overdue: { grant: Grant; lease: Lease; overMs: number }[] = [];
  for (const grant of task.grants) {
    if (grant.holders.size !== 1) continue;
    // Where several are to agree, others see to it: see `quorum.ts`. What is being checked comes without it.
    const { scrutiny } = grant;
    if (scrutiny !== null && (state.trust.policy.quorum > 1 || scrutiny.check !== 'none')) continue;
    const [id] = grant.holders;
    const lease = id === undefined ? undefined : state.leases.get(id);
    if (lease === undefined) continue;
    const overMs = now - lease.grantedAt - Math.max(overdueMinMs, lease.expectedMs * overdueFactor);
    if (overMs > 0) overdue.push({ grant, lease, overMs });
  }
  return overdue.sort((a, b) => b.overMs - a.overMs);
}

export function grantEffect(state: RunState, task: Task, worker: WorkerState, lease: Lease): GrantEffect {
  const { version, epoch, step } = state.progress;
  const withParameters = worker.version !== version;
  if (withParameters) countServed(state.serving);
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
