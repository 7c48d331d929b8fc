/**
 * How much every worker still has to do, and the sums over all of them that sharing out work needs. The sums are kept
 * up to date worker by worker, so that an event costs the same with ten workers and with two thousand.
 *
 * Work is counted in training microbatches; an evaluation of one is a part of that.
 */
import type { TaskKind } from './effects.ts';
import { type Lease, type RunState, takesPart, type WorkerState } from './state.ts';

/** An evaluation has no backward pass: this part of a training microbatch's work, at every worker. */
const EVALUATION_WORK = 1 / 3;

export type Load = {
  /** Sum of the speeds of all workers that count. */
  speed: number;
  /** The same over those that hold leases, and the sum of speed × the time they will be done at. */
  busySpeed: number;
  busyEnds: number;
  /** Over those that hold none, the work they could do in the time that a lease takes beside computing. */
  idleLead: number;
};

export const NO_LOAD: Load = { speed: 0, busySpeed: 0, busyEnds: 0, idleLead: 0 };

export function workOf(kind: TaskKind, leaves: number): number {
  return kind === 'evaluate' ? leaves * EVALUATION_WORK : leaves;
}

export function workOfLease(lease: Lease): number {
  return workOf(lease.task, lease.grant.to - lease.grant.from);
}

/** When the worker will have computed all that it holds, as far as can be told from here. */
export function endsAt(worker: WorkerState): number {
  const work = worker.held.reduce((sum, lease) => sum + workOfLease(lease), 0);
  return worker.busySince + worker.overheadMs + work / worker.speed;
}

/**
 * What is left of the work in its hands. The time until a first answer could arrive counts like work: whoever is far
 * away, or on a slow line, gets less of what must be done soon.
 */
export function remainingWork(worker: WorkerState, now: number): number {
  if (worker.held.length === 0) return worker.overheadMs * worker.speed;
  return Math.max(0, (endsAt(worker) - now) * worker.speed);
}

/** Work in all hands. A worker that is late counts as less than done, so the sum is cut off at nothing. */
export function workInHands(state: RunState, now: number): number {
  const { busyEnds, busySpeed, idleLead } = state.load;
  return Math.max(0, busyEnds - now * busySpeed) + Math.max(0, idleLead);
}

/** To be called after every change of a worker's phase, speed, leases, stalling or reach. */
export function recount(state: RunState, worker: WorkerState): void {
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
  if (counts) state.standing.place(worker, state.facts.limits.leasesHeldMax);
  else state.standing.remove(worker);
}

/** Sums anew, once a task, so that rounding does not pile up. */
export function recountAll(state: RunState): void {
  Object.assign(state.load, NO_LOAD);
  for (const worker of state.workers.values()) {
    if (worker.counted !== NO_LOAD) worker.counted = { ...NO_LOAD };
    recount(state, worker);
  }
}

/** The worker is gone. */
export function uncount(state: RunState, worker: WorkerState): void {
  worker.held.length = 0;
  worker.phase = 'probing';
  recount(state, worker);
}
