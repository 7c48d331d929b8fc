/**
 * How much work a lease is and how much a worker still has to do, counted in training microbatches; an evaluation of one
 * is a part of that.
 */
import type { Task } from '../model/task.ts';
import type { WorkerState } from '../model/worker.ts';

export function workOf(task: Pick<Task, 'leafWork'>, leaves: number): number {
  return task.leafWork * leaves;
}

/**
 * The same for a worker that all of them are leased to: where each leaf takes a thread of its own for long, a worker is
 * busy with fewer of them than it has threads as long as with so many.
 */
export function workFor(
  { leafWork, isWhole }: Pick<Task, 'leafWork' | 'isWhole'>,
  { threads }: Pick<WorkerState, 'threads'>,
  leaves: number,
): number {
  return leafWork * (isWhole ? Math.ceil(leaves / threads) * threads : leaves);
}

/** When the worker will have computed all that it holds, as far as can be told from here. */
export function endsAt(worker: WorkerState): number {
  const work = worker.held.reduce((sum, lease) => sum + lease.work, 0);
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
