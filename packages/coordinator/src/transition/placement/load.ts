/**
 * The sums over all workers that sharing out work needs, and the order that they stand in for it. Both are kept up to date
 * worker by worker, so that an event costs the same with ten workers and with two thousand. Whatever of a worker they
 * depend on (`Counting`) is changed here and nowhere else.
 */
import type { Lease, Task } from '../model/task.ts';
import type { Moment } from '../model/turn.ts';
import { type Counting, type Load, type Measured, takesPart, type WorkerState } from '../model/worker.ts';
import { displace, place } from './order.ts';
import type { Placed } from './placed.ts';
import { endsAt } from './work.ts';

/** What is read-only everywhere else. */
type Changing = { -readonly [Field in keyof Counting]: Counting[Field] };

const NOTHING: Readonly<Load> = { speed: 0, busySpeed: 0, busyEnds: 0, idleLead: 0 };

export const newLoad = (): Load => ({ ...NOTHING });

/** Work in all hands. A worker that is late counts as less than done, so the sum is cut off at nothing. */
export function workInHands({ state, now }: Moment<Pick<Placed, 'load'>>): number {
  const { busyEnds, busySpeed, idleLead } = state.load;
  return Math.max(0, busyEnds - now * busySpeed) + Math.max(0, idleLead);
}

export function enter(state: Placed, worker: WorkerState): void {
  state.workers.set(worker.id, worker);
  recount(state, worker);
}

export function leave(state: Placed, worker: WorkerState): void {
  state.workers.delete(worker.id);
  recount(state, worker);
}

/** Changes what is said of it; the rest stays. */
export function changeWorker(
  state: Placed,
  worker: WorkerState,
  change: Partial<Pick<Counting, 'phase' | 'mode' | 'stalled' | 'speed' | 'threads' | 'leasesMax'>>,
): void {
  Object.assign(worker, change);
  recount(state, worker);
}

/** The worker holds one more lease. */
export function takeUp({ state, now }: Moment<Placed>, worker: WorkerState, lease: Lease): void {
  const counting: Changing = worker;
  if (worker.held.length === 0) counting.busySince = now;
  counting.held = [...worker.held, lease];
  recount(state, worker);
}

/** It holds the lease no more; `measured` is what that has told of it. */
export function putDown(
  { state, now }: Moment<Placed>,
  worker: WorkerState,
  lease: Lease,
  measured: Measured | null,
): void {
  const at = worker.held.indexOf(lease);
  if (at < 0) return;
  const counting: Changing = worker;
  if (measured !== null) {
    counting.speed = measured.speed;
    counting.overheads = measured.overheads;
    counting.overheadMs = measured.overheadMs;
    counting.leasesDone = measured.leasesDone;
  }
  counting.held = worker.held.filter((one) => one !== lease);
  counting.stalled = false;
  // The next one was queued: what it takes beside computing is over.
  if (at === 0) counting.busySince = now - worker.overheadMs;
  recount(state, worker);
}

/** The worker has said how far its oldest lease is: after `waitMs` it goes on from there at the speed that this shows. */
export function headOn(
  { state, now }: Moment<Placed>,
  worker: WorkerState,
  { doneWork, speed, waitMs }: { readonly doneWork: number; readonly speed: number; readonly waitMs: number },
): void {
  const counting: Changing = worker;
  counting.speed = speed;
  counting.stalled = false;
  counting.busySince = now + waitMs - worker.overheadMs - doneWork / speed;
  recount(state, worker);
}

/** Says of these workers whether they are in reach, and sums anew, so that rounding does not pile up. */
export function setReach(
  state: Placed,
  those: Iterable<{ readonly worker: WorkerState; readonly inReach: boolean }>,
): void {
  for (const { worker, inReach } of those) {
    const counting: Changing = worker;
    counting.inReach = inReach;
  }
  Object.assign(state.load, NOTHING);
  for (const worker of state.workers.values()) {
    const after = partOf(state, worker);
    move(state.load, null, after);
    settleIn(state, worker, after);
  }
}

/** Places all workers anew when a task's leaves are of another weight than the last one's. */
export function placeAll(state: Placed, { leafWork, isWhole }: Task): void {
  Object.assign(state.order, { leafWork, isWhole });
  for (const worker of state.workers.values()) if (worker.counted !== null) place(state, worker);
}

/** What the worker adds to the sums as it is; null while it counts for nothing. */
export function partOf(state: Pick<Placed, 'workers'>, worker: WorkerState): Load | null {
  if (!takesPart(worker) || state.workers.get(worker.id) !== worker) return null;
  const { speed, overheadMs, held } = worker;
  return held.length > 0
    ? { speed, busySpeed: speed, busyEnds: speed * endsAt(worker), idleLead: 0 }
    : { speed, busySpeed: 0, busyEnds: 0, idleLead: speed * overheadMs };
}

function recount(state: Placed, worker: WorkerState): void {
  const before = worker.counted;
  const after = partOf(state, worker);
  // Most of a large crowd is out of reach and stays so.
  if (before === null && after === null) return;
  move(state.load, before, after);
  settleIn(state, worker, after);
}

function move(load: Load, before: Load | null, after: Load | null): void {
  const [less, more] = [before ?? NOTHING, after ?? NOTHING];
  load.speed += more.speed - less.speed;
  load.busySpeed += more.busySpeed - less.busySpeed;
  load.busyEnds += more.busyEnds - less.busyEnds;
  load.idleLead += more.idleLead - less.idleLead;
}

function settleIn(state: Placed, worker: WorkerState, part: Load | null): void {
  if (part !== null) place(state, worker);
  else if (worker.counted !== null) displace(state.order, worker);
  const counting: Changing = worker;
  counting.counted = part;
}
