/**
 * The sums over all workers that sharing out work needs, and the order that they stand in for it. Both are kept up to date
 * worker by worker, so that an event costs the same with ten workers and with two thousand.
 */
import { type Load, takesPart, type WorkerState } from '../model/worker.ts';
import type { Placed } from './placed.ts';
import { endsAt } from './work.ts';

export const NO_LOAD: Load = { speed: 0, busySpeed: 0, busyEnds: 0, idleLead: 0 };

/** Work in all hands. A worker that is late counts as less than done, so the sum is cut off at nothing. */
export function workInHands(state: Placed, now: number): number {
  const { busyEnds, busySpeed, idleLead } = state.load;
  return Math.max(0, busyEnds - now * busySpeed) + Math.max(0, idleLead);
}

/** To be called after every change of a worker's phase, speed, leases, stalling or reach. */
export function recount(state: Placed, worker: WorkerState): void {
  const counts = takesPart(worker) && state.workers.has(worker.id);
  // Most of a large crowd is out of reach and stays so.
  if (!counts && worker.counted === NO_LOAD) return;
  const busy = worker.held.length > 0;
  const { speed } = worker;
  const next: Load = counts
    ? {
        speed,
        busySpeed: busy ? speed : 0,
        busyEnds: busy ? speed * endsAt(worker) : 0,
        idleLead: busy ? 0 : speed * worker.overheadMs,
      }
    : NO_LOAD;
  const { load } = state;
  load.speed += next.speed - worker.counted.speed;
  load.busySpeed += next.busySpeed - worker.counted.busySpeed;
  load.busyEnds += next.busyEnds - worker.counted.busyEnds;
  load.idleLead += next.idleLead - worker.counted.idleLead;
  worker.counted = next;
  if (counts) state.order.place(worker, state.facts.limits.leasesHeldMax);
  else state.order.remove(worker);
}

/** Sums anew, once a task, so that rounding does not pile up. */
export function recountAll(state: Placed): void {
  Object.assign(state.load, NO_LOAD);
  for (const worker of state.workers.values()) {
    if (worker.counted !== NO_LOAD) worker.counted = { ...NO_LOAD };
    recount(state, worker);
  }
}

/** The worker is no longer among those of the run. */
export function uncount(state: Placed, worker: WorkerState): void {
  worker.held.length = 0;
  recount(state, worker);
}

/** Places all workers anew when a task's leaves are of another weight than the last one's. */
export function placeAll(state: Placed, leafWork: number): void {
  state.order.leafWork = leafWork;
  for (const worker of state.workers.values()) {
    if (takesPart(worker)) {
      state.order.place(worker, state.facts.limits.leasesHeldMax);
    }
  }
}
