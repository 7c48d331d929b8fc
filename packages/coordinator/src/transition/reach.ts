/**
 * Who takes part in a task: everyone whose first answer can arrive before the others would be done without it. A worker
 * behind a slow line is then not waited for in steps of a few milliseconds, and takes its share of longer ones.
 */
import { recountAll, workOf } from './load.ts';
import { type RunState, type Task, takesWork, type WorkerState } from './state.ts';

/** To be called when a task begins, and when a worker drops out of one or takes part again. Takes n log n for n workers. */
export function chooseReach(state: RunState, task: Task): void {
  const workers = [...state.workers.values()].filter(isThere);
  workers.sort((a, b) => a.overheadMs - b.overheadMs || a.id - b.id);
  // All that take part end together, at the time T with Σ speed × (T − overhead) = work.
  let speed = 0;
  let ends = workOf(task.kind, task.leaves);
  for (const worker of workers) {
    worker.inReach = speed === 0 || worker.overheadMs < ends / speed;
    if (!worker.inReach) continue;
    speed += worker.speed;
    ends += worker.speed * worker.overheadMs;
  }
  recountAll(state);
}

/** A second opinion is worth waiting for: whoever is there takes part in what is left of the task, however far away. */
export function callEveryone(state: RunState): void {
  for (const worker of state.workers.values()) if (isThere(worker)) worker.inReach = true;
  recountAll(state);
}

function isThere(worker: WorkerState): boolean {
  return takesWork(worker) && !worker.stalled;
}
