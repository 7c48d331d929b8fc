/**
 * Placing work: who gets which leaves next, and which late lease is granted a second time.
 *
 * All work that is not answered is shared out by measured speed, so that all workers finish together; a worker gets
 * somewhat more than half of its share at once and the rest as a queued lease, so that it computes while the next
 * lease travels, and a slow one leaves something to take over; a share that is small is not divided. What is less than a leaf's worth of anyone's share
 * goes to whoever will be done with it first.
 */
import { taskOf } from '../model/core.ts';
import type { Lease, OpenRange, Task } from '../model/task.ts';
import type { Moment, Turn } from '../model/turn.ts';
import type { WorkerState } from '../model/worker.ts';
import { isWatched } from '../task/watching.ts';
import { isStalled, overdueMs, remainingMs } from './lateness.ts';
import { copyLease, openLease } from './leases.ts';
import { changeWorker, placeAll, workInHands } from './load.ts';
import { displace, earliest, firstTakers, place, settle } from './order.ts';
import { mayGrant } from './pacing.ts';
import type { Placed } from './placed.ts';
import { allInOrder, firstOf } from './ranking.ts';
import { chooseReach, hasOthers } from './reach.ts';
import { giveTrials } from './trials.ts';
import { expectedMs, remainingWork, workFor, workOf } from './work.ts';

/** The part of its share that a worker is granted at once. */
const FIRST_PORTION = 0.6;

/**
 * A share of up to so many leaves is granted to an idle worker as one lease: cut in two it would all be granted as
 * well, nothing would be left for others to take over, and one partial more would travel.
 */
const UNDIVIDED_MAX = 4;

/** Hands out what can be handed out now; called after every event. */
export function schedule(turn: Turn<Placed>): void {
  const { state } = turn;
  const task = taskOf(state);
  if (task === null) return;
  if (task.open.length > 0) shareOut(turn, task);
  if (task.open.length > 0 || task.tried || !mayGrant(turn)) return;
  giveTrials(turn, task);
}

function shareOut(turn: Turn<Placed>, task: Task): void {
  const { state } = turn;
  const { leafWork, isWhole } = state.order;
  if (leafWork !== task.leafWork || isWhole !== task.isWhole) placeAll(state, task);
  /** Those who should not judge what is open a second time. */
  const aside: WorkerState[] = [];
  while (task.open.length > 0 && mayGrant(turn)) {
    settle(turn);
    const soonest = earliest(turn);
    const taker = nextTaker(turn, task, soonest);
    const unfit = [taker, soonest].find((one) => one !== null && mayTakeNothing(state, task, one));
    if (unfit) {
      displace(state.order, unfit);
      aside.push(unfit);
      continue;
    }
    if (taker === null || !grantShare(turn, task, taker)) break;
  }
  for (const worker of aside) place(state, worker);
}

/**
 * The worker to be granted a lease next: one whose share of the work is not used up, those that are free first, then
 * the faster; else the one that would be done first with one more leaf, if it may take it.
 */
function nextTaker(moment: Moment<Placed>, task: Task, soonest: WorkerState | null): WorkerState | null {
  const { state } = moment;
  for (const worker of firstTakers(state)) {
    if (worker === soonest || shareOf(moment, task, worker) >= 1) return worker;
  }
  return soonest !== null && soonest.held.length < soonest.leasesMax ? soonest : null;
}

/** The leaves this worker should still get so that all finish together; may be negative. */
function shareOf(moment: Moment<Placed>, task: Task, worker: WorkerState): number {
  const openWork = workOf(task, openLeaves(task));
  const all = openWork + workInHands(moment);
  const work = (all * worker.speed) / moment.state.load.speed - remainingWork(worker, moment.now);
  return work / task.leafWork;
}

function openLeaves(task: Task): number {
  return task.open.reduce((sum, range) => sum + range.to - range.from, 0);
}

/** @returns whether there was anything for the worker to take */
function grantShare(turn: Turn<Placed>, task: Task, worker: WorkerState): boolean {
  const share = shareOf(turn, task, worker);
  const portion = portionFor(turn.state, task, worker, share);
  const range = chooseRange(turn.state, task, worker, Math.min(portion, task.leaseMax));
  if (range === null) return false;
  openLease(turn, task, worker, range);
  return true;
}

/** Where answers are looked at, what goes to a gateway is the work of one of those whom it stands for; else its whole share. */
function portionFor(state: Placed, task: Task, worker: WorkerState, share: number): number {
  if (worker.crew === null) return portionOf(task, worker, share);
  // Those below it compute side by side: none of them should wait for what was held back.
  if (!isWatched(state, worker)) return Math.max(1, task.isWhole ? worker.threads : Math.round(share));
  const all = task.isWhole ? worker.threads : share;
  return Math.max(1, Math.round(all / Math.max(1, worker.crew)));
}

/** Leaves of its share that a worker gets now, about. */
function portionOf(task: Task, worker: WorkerState, share: number): number {
  // Of leaves that take long each thread gets one at a time: what is lost with a lease is little, and others take it over.
  if (task.isWhole) return worker.threads;
  const leaves = Math.round(share);
  const isIdle = worker.held.length === 0;
  if (isIdle && computedInPassing(task, worker, leaves)) return nearestPowerOfTwo(leaves);
  const undivided = isIdle && leaves <= UNDIVIDED_MAX;
  return Math.max(1, undivided ? leaves : Math.ceil(share * FIRST_PORTION));
}

/**
 * In no more time than a lease takes beside: nothing that could be taken over of it would be done sooner, and a partial
 * more, for a share that is no block, takes longer than the leaves that make it one.
 */
function computedInPassing(task: Task, { speed, overheadMs }: WorkerState, leaves: number): boolean {
  return workOf(task, leaves) / speed <= overheadMs;
}

function nearestPowerOfTwo(leaves: number): number {
  let power = 1;
  while (3 * power <= 2 * leaves) power *= 2;
  return power;
}

function mayTakeNothing(state: Placed, task: Task, worker: WorkerState): boolean {
  return task.open.every((open) => isAvoided(state, open, worker));
}

/** A second opinion on "not finite" is asked of another worker as long as there is one. */
function isAvoided(state: Placed, open: OpenRange, worker: WorkerState): boolean {
  return open.avoid === worker.id && hasOthers(state, worker.id);
}

/**
 * The largest aligned power-of-two block of at most `wanted` leaves (one partial to send), leftmost among equals;
 * everything that is open when that is no more than wanted and lies in one piece.
 */
function chooseRange(
  state: Placed,
  task: Task,
  worker: WorkerState,
  wanted: number,
): { readonly index: number; readonly from: number; readonly to: number } | null {
  let best: { index: number; from: number; to: number } | null = null;
  for (let index = 0; index < task.open.length; index += 1) {
    const open = task.open[index] as OpenRange;
    if (isAvoided(state, open, worker)) continue;
    if (open.undivided) return { index, from: open.from, to: open.to };
    if (task.open.length === 1 && open.to - open.from <= wanted)
      return { index, from: open.from, to: open.to };
    const block = task.isWhole ? firstOfRange(open, wanted) : alignedBlock(open, wanted);
    if (best === null || block.to - block.from > best.to - best.from) best = { index, ...block };
    if (best.to - best.from >= wanted / 2) break;
  }
  return best;
}

/** Where every leaf takes long, all threads get one, and a partial more does not matter. */
const firstOfRange = ({ from, to }: OpenRange, wanted: number): { from: number; to: number } => ({
  from,
  to: Math.min(from + wanted, to),
});

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
export function attendToLateness(turn: Turn<Placed>): void {
  const { state, emit } = turn;
  const task = taskOf(state);
  let changed = false;
  for (const worker of state.workers.values()) {
    const stalled = isStalled(turn, worker);
    if (stalled === worker.stalled) continue;
    changeWorker(state, worker, { stalled });
    changed = true;
  }
  if (task === null) return;
  if (changed) chooseReach(state, task);
  if (task.open.length > 0 || !mayGrant(turn)) return;
  if (firstOf(state.order.idle) === null) return;
  const single = heldByOne(turn, task);
  const overdue = single.filter(({ overMs }) => overMs > 0);
  const others = single.filter(({ overMs }) => overMs <= 0);
  for (const id of allInOrder(state.order.idle)) {
    const worker = state.workers.get(id);
    if (worker === undefined) continue;
    const isOfOthers = ({ lease }: Held): boolean => lease.worker !== id;
    const late =
      takeFirst(overdue, isOfOthers) ??
      takeFirst(others, (one) => isOfOthers(one) && wouldOvertake(turn, task, worker, one.lease));
    if (late === undefined) continue;
    const { grant } = late.lease;
    const { from, to } = grant;
    emit({ type: 'log', level: 'info', facts: [{ type: 'leaseLate', name: worker.name, from, to }] });
    state.leasesRegranted += 1;
    copyLease(turn, task, worker, { grant, trial: false });
  }
}

/** By how much it is past its time; negative before that. */
type Held = { readonly lease: Lease; readonly overMs: number };

function takeFirst(leases: Held[], fits: (one: Held) => boolean): Held | undefined {
  const at = leases.findIndex(fits);
  return at < 0 ? undefined : leases.splice(at, 1)[0];
}

/** An idle worker is given what another is at only if it would be done so much sooner, from the beginning. */
const OVERTAKING = 0.8;

/** Its worker says how far it is, and still an idle one would be done with all of it before. */
function wouldOvertake(moment: Moment<Placed>, task: Task, worker: WorkerState, lease: Lease): boolean {
  const leftMs = remainingMs(moment, lease);
  if (leftMs === null) return false;
  const { from, to } = lease.grant;
  return expectedMs(worker, workFor(task, worker, to - from)) < OVERTAKING * leftMs;
}

/** The leases of which there is no copy and that may have one, the latest first. */
function heldByOne(moment: Moment<Placed>, task: Task): Held[] {
  const { state } = moment;
  const held: Held[] = [];
  for (const grant of task.grants) {
    if (grant.holders.size !== 1) continue;
    // Where several are to agree, others see to it: see `quorum.ts`. What is being checked comes without it.
    const { scrutiny } = grant;
    if (scrutiny !== null && (state.trust.policy.quorum > 1 || scrutiny.check !== 'none')) continue;
    const [id] = grant.holders;
    const lease = id === undefined ? undefined : state.leases.get(id);
    if (lease === undefined) continue;
    held.push({ lease, overMs: overdueMs(moment, lease) });
  }
  return held.sort((a, b) => b.overMs - a.overMs);
}
