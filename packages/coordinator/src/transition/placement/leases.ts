/** Leases from their grant to their end, each with its part in the sums over the workers. */
import { nodeKey, nodesOfRange } from '@shoal/core';
import type { Grant, Lease, OpenRange, Task } from '../model/task.ts';
import type { WorkerState } from '../model/worker.ts';
import { isWatched, watch } from '../task/watching.ts';
import { placesOfLeaves } from '../task/workload.ts';
import { recount } from './load.ts';
import { measureOvertaken } from './measure.ts';
import type { Placed } from './placed.ts';

/** Takes [from, to) out of the open ranges and records the lease. */
export function openLease(
  state: Placed,
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
  state: Placed,
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

/** The lease is over, for whatever reason. */
export function closeLease(state: Placed, lease: Lease): void {
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

/** All nodes of the grant are in: whoever still computes a copy of it may stop. */
export function closeGrant(state: Placed, task: Task, grant: Grant): void {
  task.grants.delete(grant);
  for (const id of grant.holders) {
    const lease = state.leases.get(id);
    if (lease === undefined || lease.revoked) continue;
    lease.revoked = true;
    const worker = state.workers.get(lease.worker);
    if (worker !== undefined) {
      worker.leasesLost += 1;
      measureOvertaken(worker, lease, state.now);
      recount(state, worker);
    }
    state.emit({ type: 'revoke', worker: lease.worker, lease: id });
  }
}
