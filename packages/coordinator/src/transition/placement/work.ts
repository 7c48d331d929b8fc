/**
 * How much work a lease is and how much a worker still has to do, counted in training microbatches; an evaluation of one
 * is a part of that.
 */
import type { TaskKind } from '../model/ids.ts';
import type { Lease } from '../model/task.ts';
import type { WorkerState } from '../model/worker.ts';

/** An evaluation has no backward pass: this part of a training microbatch's work, at every worker. */
const EVALUATION_WORK = 1 / 3;

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

/** How long the worker takes for so much work if it has nothing else to do. */
export function expectedMs({ overheadMs, speed }: WorkerState, work: number): number {
  return overheadMs + work / speed;
}

/**
 * What is left of the work in its hands. The time until a first answer could arrive counts like work: whoever is far
 * away, or on a slow line, gets less of what must be done soon.
 */
export function remainingWork(worker: WorkerState, now: number): number {
  if (worker.held.length === 0) return worker.overheadMs * worker.speed;
  return Math.max(0, (endsAt(worker) - now) * worker.speed);
}
