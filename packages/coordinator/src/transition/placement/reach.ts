/**
 * Who takes part in a task: everyone whose first answer can arrive before the others would be done without it, as long
 * as the coordinator can serve that many in the time. A worker behind a slow line is then not waited for in steps of a
 * few milliseconds, and takes its share of longer ones; and a coordinator that has more workers than it can keep busy
 * does not spend its time on sending all of them parameters for a microbatch each.
 */
import type { Task } from '../model/task.ts';
import { takesWork, type WorkerState } from '../model/worker.ts';
import { recountAll } from './load.ts';
import type { Placed } from './placed.ts';
import { servingMs } from './serving.ts';
import { workOf } from './work.ts';

/** Whoever took part in the last task stays unless another would do a share in so much less time: nobody flaps. */
const STAYING = 0.8;

/** To be called when a task begins, and when a worker drops out of one or takes part again. Takes n log n for n workers. */
export function chooseReach(state: Placed, task: Task): void {
  const { takingPartMin } = state.facts.limits;
  const work = workOf(task.kind, task.leaves);
  const workers = [...state.workers.values()].filter(isThere);
  const costMs = workers.length > takingPartMin ? servingMs(state.serving) : 0;
  const queueMs = costMs * state.takingPart;
  /** Whoever took part has waited for others to be served: that is not its own line. */
  const lineMs = ({ overheadMs, inReach }: WorkerState): number =>
    inReach ? Math.max(0, overheadMs - queueMs) : overheadMs;
  const shareMs = (worker: WorkerState): number =>
    (lineMs(worker) + work / state.takingPart / worker.speed) * (worker.inReach ? STAYING : 1);
  // With room for all the nearest come first, else those that would be done with a share first.
  const keyOf = costMs === 0 ? lineMs : shareMs;
  const candidates = workers.map((worker) => ({ worker, key: keyOf(worker), lineMs: lineMs(worker) }));
  candidates.sort((a, b) => a.key - b.key || a.worker.id - b.worker.id);
  // All that take part end together, at the time T with Σ speed × (T − line) = work.
  let speed = 0;
  let ends = work;
  let takingPart = 0;
  for (const { worker, lineMs } of candidates) {
    // Computing and serving do not overlap much, and their sum is least where one takes as long as the other.
    const lastsMs = speed === 0 ? Number.POSITIVE_INFINITY : ends / speed;
    const served = takingPart < takingPartMin || takingPart * costMs < lastsMs;
    worker.inReach = served && lineMs < lastsMs;
    if (!worker.inReach) continue;
    takingPart += 1;
    speed += worker.speed;
    ends += worker.speed * lineMs;
  }
  state.takingPart = Math.max(1, takingPart);
  recountAll(state);
}

/** A second opinion is worth waiting for: whoever is there takes part in what is left of the task, however far away. */
export function callEveryone(state: Placed): void {
  for (const worker of state.workers.values()) if (isThere(worker)) worker.inReach = true;
  recountAll(state);
}

function isThere(worker: WorkerState): boolean {
  return takesWork(worker) && !worker.stalled;
}
