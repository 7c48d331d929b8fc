/**
 * Who takes part in a task: everyone whose first answer can arrive before the others would be done without it, as long
 * as the coordinator can serve that many in the time. A worker behind a slow line is then not waited for in steps of a
 * few milliseconds, and takes its share of longer ones; and a coordinator that has more workers than it can keep busy
 * does not spend its time on sending all of them parameters for a microbatch each.
 */
import { recountAll, workOf } from './load.ts';
import { servingMs } from './serving.ts';
import { type RunState, type Task, takesWork, type WorkerState } from './state.ts';

/** To be called when a task begins, and when a worker drops out of one or takes part again. Takes n log n for n workers. */
export function chooseReach(state: RunState, task: Task): void {
  const workers = [...state.workers.values()].filter(isThere);
  workers.sort((a, b) => a.overheadMs - b.overheadMs || a.id - b.id);
  // All that take part end together, at the time T with Σ speed × (T − overhead) = work.
  let speed = 0;
  let ends = workOf(task.kind, task.leaves);
  let takingPart = 0;
  const costMs = servingMs(state.serving);
  const { takingPartMin } = state.facts.limits;
  for (const worker of workers) {
    // Computing and serving do not overlap much, and their sum is least where one takes as long as the other.
    const lastsMs = speed === 0 ? Number.POSITIVE_INFINITY : ends / speed;
    const served = takingPart < takingPartMin || takingPart * costMs < lastsMs;
    worker.inReach = served && worker.overheadMs < lastsMs;
    if (!worker.inReach) continue;
    takingPart += 1;
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
