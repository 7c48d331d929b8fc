/**
 * Who takes part in a task: everyone whose first answer can arrive before the others would be done without it, as long
 * as the coordinator can serve that many in the time. A worker behind a slow line is then not waited for in steps of a
 * few milliseconds, and takes its share of longer ones; and a coordinator that has more workers than it can keep busy
 * does not spend its time on sending all of them parameters for a microbatch each.
 */
import type { WorkerId } from '../model/ids.ts';
import type { Task } from '../model/task.ts';
import { isThere, takesPart, type WorkerState } from '../model/worker.ts';
import { setReach } from './load.ts';
import type { Placed } from './placed.ts';
import { servingMs } from './serving.ts';
import { workOf } from './work.ts';

/** Whoever took part in the last task stays unless another would do a share in so much less time: nobody flaps. */
const STAYING = 0.8;

/** To be called when a task begins, and when a worker drops out of one or takes part again. Takes n log n for n workers. */
export function chooseReach(state: Placed, task: Task): void {
  const { takingPartMin } = state.facts.limits;
  const work = workOf(task, leavesToDo(task));
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
  const candidates = workers.map((worker) => ({
    worker,
    key: keyOf(worker),
    lineMs: lineMs(worker),
    inReach: false,
  }));
  candidates.sort((a, b) => a.key - b.key || a.worker.id - b.worker.id);
  // All that take part end together, at the time T with Σ speed × (T − line) = work.
  let speed = 0;
  let ends = work;
  let takingPart = 0;
  for (const candidate of candidates) {
    const { worker, lineMs } = candidate;
    // Computing and serving do not overlap much, and their sum is least where one takes as long as the other.
    const lastsMs = speed === 0 ? Number.POSITIVE_INFINITY : ends / speed;
    const served = takingPart < takingPartMin || takingPart * costMs < lastsMs;
    candidate.inReach = served && lineMs < lastsMs;
    if (!candidate.inReach) continue;
    takingPart += 1;
    speed += worker.speed;
    ends += worker.speed * lineMs;
  }
  state.takingPart = Math.max(1, takingPart);
  setReach(state, candidates);
}

/** A gateway does a part of the tree. */
function leavesToDo({ leaves, errands }: Task): number {
  if (errands === null) return leaves;
  let toDo = 0;
  for (const { terms } of errands.values()) toDo += terms.to - terms.from;
  return toDo;
}

/** Somebody else takes part. */
export function hasOthers({ workers }: Pick<Placed, 'workers'>, worker: WorkerId): boolean {
  for (const other of workers.values()) if (other.id !== worker && takesPart(other)) return true;
  return false;
}

/** A second opinion is worth waiting for: whoever is there takes part in what is left of the task, however far away. */
export function callEveryone(state: Placed): void {
  const there = [...state.workers.values()].filter(isThere);
  setReach(
    state,
    there.map((worker) => ({ worker, inReach: true })),
  );
}
