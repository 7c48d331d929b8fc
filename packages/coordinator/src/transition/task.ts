/**
 * One tree of work: handing out its leaves, taking in answers so that each leaf counts exactly once, and taking
 * leaves back from workers that cannot answer.
 */
import { leavesOf, nodeKey, nodesOfRange, TreeMerger } from '@shoal/core';
import type { Effect, SetName, TaskKind } from './effects.ts';
import type { PartialEvent, WorkerId } from './events.ts';
import type { GradientGroups } from './groups.ts';
import { recount } from './load.ts';
import { isPending, newScrutiny } from './scrutiny.ts';
import {
  type Grant,
  isWatched,
  type Lease,
  type OpenRange,
  type RunState,
  type Sums,
  type Task,
  takesPart,
  type WorkerState,
} from './state.ts';
import { placesOfLeaves } from './workload.ts';

/**
 * @param effects receives the merges of tensors that the tree makes while the task runs.
 */
export function newTask(options: {
  readonly kind: TaskKind;
  readonly set: SetName;
  readonly leaves: number;
  /** Where a trimmed mean is to be taken of it; else it is summed to one. */
  readonly groups: GradientGroups | null;
  readonly emit: (effect: Effect) => void;
}): Task {
  const merge = (left: Sums, right: Sums): Sums => {
    let tensor = left.tensor;
    if (options.groups !== null) {
      tensor = options.groups.join(left, right, options.emit);
    } else if (left.tensor !== null && right.tensor !== null) {
      options.emit({ type: 'merge', into: left.tensor, from: right.tensor });
    } else if (right.tensor !== null) {
      tensor = right.tensor;
    }
    return {
      loss: left.loss + right.loss,
      correct: left.correct + right.correct,
      count: left.count + right.count,
      tensor,
    };
  };
  return {
    kind: options.kind,
    set: options.set,
    leaves: options.leaves,
    groups: options.groups,
    open: [{ from: 0, to: options.leaves, avoid: null }],
    grants: new Set(),
    merger: new TreeMerger<Sums>({ leaves: options.leaves, merge }),
    doubts: [],
    tried: false,
  };
}

export function taskOf(state: RunState): Task | null {
  return 'task' in state.stage ? state.stage.task : null;
}

/** Takes [from, to) out of the open ranges and records the lease. */
export function openLease(
  state: RunState,
  task: Task,
  worker: WorkerState,
  range: { readonly index: number; readonly from: number; readonly to: number },
  time: { readonly now: number; readonly expectedMs: number },
): Lease {
  const open = task.open[range.index] as OpenRange;
  const rest: OpenRange[] = [];
  if (open.from < range.from) rest.push({ ...open, to: range.from });
  if (range.to < open.to) rest.push({ ...open, from: range.to });
  task.open.splice(range.index, 1, ...rest);
  const nodes = nodesOfRange(range.from, range.to, task.leaves);
  const { from, to } = range;
  const [first, last] = placesOfLeaves(state.facts, task.set, state.progress.step, from, to);
  const grant: Grant = {
    from,
    to,
    samples: last - first,
    remaining: new Map(nodes.map((node) => [nodeKey(node), node])),
    nodes: new Set(nodes.map(nodeKey)),
    holders: new Set(),
    scrutiny: null,
  };
  task.grants.add(grant);
  return copyLease(state, task, grant, worker, { ...time, trial: false });
}

/** A (further) lease of a grant. A trial does not hold it: it is neither waited for nor revoked. */
export function copyLease(
  state: RunState,
  task: Task,
  grant: Grant,
  worker: WorkerState,
  { now, expectedMs, trial }: { readonly now: number; readonly expectedMs: number; readonly trial: boolean },
): Lease {
  const lease: Lease = {
    id: state.nextLease,
    worker: worker.id,
    grant,
    grantedAt: now,
    expectedMs,
    alone: worker.held.length === 0,
    trial,
    task: task.kind,
    answered: new Set(),
    counted: 0,
    revoked: false,
  };
  state.nextLease += 1;
  state.leases.set(lease.id, lease);
  if (worker.held.length === 0) worker.busySince = now;
  worker.held.push(lease);
  if (!trial) {
    worker.workedInStep = true;
    grant.holders.add(lease.id);
    if (isWatched(state, worker)) watch(state, grant);
  }
  recount(state, worker);
  return lease;
}

/** What is still open of the grant counts only once it is known to be right. */
export function watch(state: RunState, grant: Grant): void {
  grant.scrutiny ??= newScrutiny(state.now);
  state.trust.fresh.add(grant);
}

/** The lease is over, for whatever reason. */
export function closeLease(state: RunState, lease: Lease): void {
  state.leases.delete(lease.id);
  lease.grant.holders.delete(lease.id);
  const worker = state.workers.get(lease.worker);
  const at = worker?.held.indexOf(lease) ?? -1;
  if (worker === undefined || at < 0) return;
  worker.held.splice(at, 1);
  // The next one was queued: what it takes beside computing is over.
  if (at === 0) worker.busySince = state.now - worker.overheadMs;
  worker.stalled = false;
  recount(state, worker);
}

/** Leaves of a grant that nobody holds any more and that are not answered become open again. */
export function reopenGrant(task: Task, grant: Grant, avoid: WorkerId | null): void {
  if (grant.holders.size > 0 || (grant.scrutiny !== null && isPending(grant.scrutiny))) return;
  if (!task.grants.delete(grant)) return;
  for (const node of grant.remaining.values()) {
    const [from, to] = leavesOf(node, task.leaves);
    task.open.push({ from, to, avoid });
  }
  task.open.sort((a, b) => a.from - b.from);
  joinNeighbours(task.open);
}

function joinNeighbours(open: OpenRange[]): void {
  for (let i = open.length - 1; i > 0; i -= 1) {
    const left = open[i - 1] as OpenRange;
    const right = open[i] as OpenRange;
    if (left.to === right.from && left.avoid === right.avoid) {
      open.splice(i - 1, 2, { from: left.from, to: right.to, avoid: left.avoid });
    }
  }
}

export type Acceptance =
  | { readonly type: 'merged'; readonly leaseDone: boolean }
  /** It fits, but others have to agree before it counts. */
  | { readonly type: 'held' }
  | { readonly type: 'ignored'; readonly reason: string }
  | { readonly type: 'malformed'; readonly reason: string }
  | { readonly type: 'doubted'; readonly confirmed: boolean };

/** Takes in one node's answer. The caller frees the tensor unless it was merged. */
export function acceptPartial(
  state: RunState,
  task: Task,
  lease: Lease,
  event: PartialEvent,
  samplesOf: (from: number, to: number) => number,
): Acceptance {
  const key = nodeKey(event.node);
  const grant = lease.grant;
  if (!grant.nodes.has(key)) {
    return { type: 'malformed', reason: `node ${key} is no part of lease ${lease.id}` };
  }
  if (task.kind === 'evaluate' && event.tensor !== null) {
    return { type: 'malformed', reason: `node ${key} is an evaluation but brings a gradient` };
  }
  if (!task.grants.has(grant) || !grant.remaining.has(key)) {
    return { type: 'ignored', reason: 'another answer came first' };
  }
  const [from, to] = leavesOf(event.node, task.leaves);
  if (event.count !== samplesOf(from, to)) {
    return {
      type: 'malformed',
      reason: `node ${key} has ${samplesOf(from, to)} samples, the answer counts ${event.count}`,
    };
  }
  if (event.correct > event.count) {
    return { type: 'malformed', reason: `node ${key} counts more right answers than samples` };
  }
  const worker = state.workers.get(event.worker);
  // The answer to a trial is never waited for; of somebody whose answers need a second look it cannot count either.
  const unheard = lease.trial && worker !== undefined && isWatched(state, worker);
  if (!event.finite && grant.scrutiny === null && !unheard) {
    return doubt(state, task, lease, { from, to, avoid: event.worker });
  }
  if (event.finite && task.kind === 'gradient' && event.tensor === null) {
    return { type: 'malformed', reason: `node ${key} is finite but brings no gradient` };
  }
  if (grant.scrutiny !== null || unheard) return { type: 'held' };
  grant.remaining.delete(key);
  task.merger.add(event.node, {
    loss: event.loss,
    correct: event.correct,
    count: event.count,
    tensor: event.tensor,
  });
  return { type: 'merged', leaseDone: grant.remaining.size === 0 };
}

/**
 * "Not finite" is an answer, but one that ends the run: it needs a second evaluation, by another worker when
 * there is one. The lease's leaves go back with a mark to keep this worker from judging twice.
 */
function doubt(state: RunState, task: Task, lease: Lease, range: OpenRange): Acceptance {
  const others = [...state.workers.values()].some((worker) => takesPart(worker) && worker.id !== range.avoid);
  const earlier = task.doubts.filter((one) => one.from < range.to && range.from < one.to);
  if (earlier.some((one) => one.avoid !== range.avoid || !others))
    return { type: 'doubted', confirmed: true };
  task.doubts.push(range);
  const copies = [...lease.grant.holders];
  for (const id of copies) {
    const copy = state.leases.get(id);
    if (copy !== undefined && copy !== lease) lease.grant.holders.delete(id);
  }
  closeLease(state, lease);
  reopenGrant(task, lease.grant, range.avoid);
  return { type: 'doubted', confirmed: false };
}
