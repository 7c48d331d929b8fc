/** Leases from their grant to their end, each with its part in the sums over the workers. */
import { answerLevel, nodeKey, nodesOfRange } from '@shoal/core';
import type { Grant, Lease, OpenRange, Task } from '../model/task.ts';
import type { Turn } from '../model/turn.ts';
import type { Measured, WorkerState } from '../model/worker.ts';
import { reopenGrant } from '../task/task.ts';
import { isWatched, watch } from '../task/watching.ts';
import { samplesOfLeaves } from '../task/workload.ts';
import { changeWorker, putDown, takeUp } from './load.ts';
import { speedOvertaken } from './measure.ts';
import type { Placed } from './placed.ts';
import { countServed } from './serving.ts';
import { noteBegin } from './stepPace.ts';
import { expectedMs, remainingWork, workFor } from './work.ts';

/** Takes [from, to) out of the open ranges and grants it. */
export function openLease(
  turn: Turn<Placed>,
  task: Task,
  worker: WorkerState,
  range: { readonly index: number; readonly from: number; readonly to: number },
): void {
  const { state, now } = turn;
  const { index, from, to } = range;
  noteBegin(turn, task);
  const open = task.open[index] as OpenRange;
  const rest: OpenRange[] = [];
  if (open.from < from) rest.push({ ...open, to: from });
  if (to < open.to) rest.push({ ...open, from: to });
  task.open.splice(index, 1, ...rest);
  const nodes = nodesOfRange(
    from,
    to,
    task.leaves,
    answerLevel(state.facts.spec, task.leaves, task.kind === 'evaluate'),
  );
  const grant: Grant = {
    from,
    to,
    samples: samplesOfLeaves(state.facts, task.set, state.progress.globalStep, from, to),
    remaining: new Map(nodes.map((node) => [nodeKey(node), node])),
    nodes: new Set(nodes.map(nodeKey)),
    holders: new Set(),
    errand: open.errand,
    undivided: open.undivided,
    scrutiny: null,
  };
  task.grants.add(grant);
  const work = workFor(task, worker, to - from);
  const behind = remainingWork(worker, now) + work;
  lend(turn, task, worker, { grant, work, expectedMs: behind / worker.speed, trial: false });
}

/** One more lease of a grant. A trial does not hold it: it is neither waited for nor revoked. */
export function copyLease(
  turn: Turn<Placed>,
  task: Task,
  worker: WorkerState,
  { grant, trial }: Pick<Lease, 'grant' | 'trial'>,
): void {
  const work = workFor(task, worker, grant.to - grant.from);
  lend(turn, task, worker, { grant, work, expectedMs: expectedMs(worker, work), trial });
}

function lend(
  turn: Turn<Placed>,
  task: Task,
  worker: WorkerState,
  terms: Pick<Lease, 'grant' | 'work' | 'expectedMs' | 'trial'>,
): void {
  const { state, now } = turn;
  const { grant, work, expectedMs, trial } = terms;
  const lease: Lease = {
    id: state.nextLease,
    worker: worker.id,
    grant,
    grantedAt: now,
    expectedMs,
    trial,
    alone: worker.held.length === 0,
    task: task.kind,
    work,
    headway: null,
    answered: new Set(),
    counted: 0,
    revoked: false,
  };
  state.nextLease += 1;
  state.leases.set(lease.id, lease);
  takeUp(turn, worker, lease);
  if (!trial) {
    worker.workedInStep = true;
    grant.holders.add(lease.id);
    if (isWatched(state, worker)) watch(turn, grant);
  }
  emitGrant(turn, task, worker, lease);
}

function emitGrant({ state, emit }: Turn<Placed>, task: Task, worker: WorkerState, lease: Lease): void {
  const { version, globalStep } = state.progress;
  const holds = worker.version;
  const withParameters = holds !== version;
  if (withParameters) countServed(state.serving);
  worker.version = version;
  emit({
    type: 'grant',
    worker: worker.id,
    lease: lease.id,
    task: task.kind,
    set: task.set,
    version,
    step: globalStep,
    from: lease.grant.from,
    to: lease.grant.to,
    leaves: task.leaves,
    expectedMs: lease.expectedMs,
    withParameters,
    holds,
    // A gateway serves those below it from blocks that it fetches itself.
    values: worker.crew === null ? worker.values : 'none',
    errand: lease.grant.errand,
    undivided: worker.crew !== null && (lease.grant.undivided || isWatched(state, worker)),
  });
}

/** The lease is over, for whatever reason; `measured` is what its answers have told of its worker. */
export function closeLease(turn: Turn<Placed>, lease: Lease, measured: Measured | null = null): void {
  const { state } = turn;
  state.leases.delete(lease.id);
  lease.grant.holders.delete(lease.id);
  const worker = state.workers.get(lease.worker);
  if (worker !== undefined) putDown(turn, worker, lease, measured);
}

/** All nodes of the grant are in: whoever still computes a copy of it may stop. */
export function closeGrant({ state, now, emit }: Turn<Placed>, task: Task, grant: Grant): void {
  task.grants.delete(grant);
  for (const id of grant.holders) {
    const lease = state.leases.get(id);
    if (lease === undefined || lease.revoked) continue;
    lease.revoked = true;
    const worker = state.workers.get(lease.worker);
    if (worker !== undefined) {
      worker.leasesLost += 1;
      changeWorker(state, worker, { speed: speedOvertaken(worker, lease, now) });
    }
    emit({ type: 'revoke', worker: lease.worker, lease: id });
  }
}

/** Nobody holds the grant any more, and what is not answered of it goes to others, or to the same in another way. */
export function grantAnew({ state, emit }: Turn<Placed>, task: Task, grant: Grant): void {
  if (!task.grants.has(grant)) return;
  for (const id of [...grant.holders]) {
    grant.holders.delete(id);
    const lease = state.leases.get(id);
    if (lease === undefined || lease.revoked) continue;
    lease.revoked = true;
    emit({ type: 'revoke', worker: lease.worker, lease: id });
  }
  reopenGrant(task, grant, null);
}
