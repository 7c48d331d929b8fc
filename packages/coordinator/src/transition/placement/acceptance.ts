/** Taking in answers so that each leaf counts exactly once. */
import { leavesOf, nodeKey } from '@shoal/core';
import type { PartialEvent } from '../model/events.ts';
import type { WorkerId } from '../model/ids.ts';
import type { Lease, OpenRange, Task } from '../model/task.ts';
import type { Turn } from '../model/turn.ts';
import { addAnswer, reopenGrant } from '../task/task.ts';
import { isWatched } from '../task/watching.ts';
import { samplesOfLeaves } from '../task/workload.ts';
import { closeLease } from './leases.ts';
import type { Placed } from './placed.ts';
import { hasOthers } from './reach.ts';

export type Acceptance =
  | { readonly type: 'merged'; readonly leaseDone: boolean }
  /** It fits, but others have to agree before it counts. */
  | { readonly type: 'held' }
  | { readonly type: 'ignored'; readonly reason: string }
  | { readonly type: 'malformed'; readonly reason: string }
  | { readonly type: 'doubted'; readonly confirmed: boolean };

type DoubtedRange = Pick<OpenRange, 'from' | 'to'> & { readonly avoid: WorkerId };

/** Takes in one node's answer. The caller frees the tensor unless it was merged. */
export function acceptPartial(turn: Turn<Placed>, task: Task, lease: Lease, event: PartialEvent): Acceptance {
  const { state } = turn;
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
  const samples = samplesOfLeaves(state.facts, task.set, state.progress.globalStep, from, to);
  if (event.count !== samples) {
    return {
      type: 'malformed',
      reason: `node ${key} has ${samples} samples, the answer counts ${event.count}`,
    };
  }
  if (event.correct > event.count) {
    return { type: 'malformed', reason: `node ${key} counts more right answers than samples` };
  }
  const worker = state.workers.get(event.worker);
  // The answer to a trial is never waited for; of somebody whose answers need a second look it cannot count either.
  const unheard = lease.trial && worker !== undefined && isWatched(state, worker);
  if (!event.finite && grant.scrutiny === null && !unheard) {
    const doubted = doubt(turn, task, lease, { from, to, avoid: event.worker });
    // A gateway has no run to end: what two have said is its answer, and others look at it again.
    if (task.errands === null || !doubted.confirmed) return doubted;
  }
  if (event.finite && task.kind === 'gradient' && event.tensor === null) {
    return { type: 'malformed', reason: `node ${key} is finite but brings no gradient` };
  }
  if (grant.scrutiny !== null || unheard) return { type: 'held' };
  grant.remaining.delete(key);
  const { node, finite, loss, correct, count, tensor } = event;
  addAnswer(turn, task, { node, finite, loss, correct, count, vector: tensor });
  return { type: 'merged', leaseDone: grant.remaining.size === 0 };
}

/**
 * "Not finite" is an answer, but one that ends the run: it needs a second evaluation, by another worker when
 * there is one. The lease's leaves go back with a mark to keep this worker from judging twice.
 */
function doubt(
  turn: Turn<Placed>,
  task: Task,
  lease: Lease,
  range: DoubtedRange,
): Extract<Acceptance, { readonly type: 'doubted' }> {
  const { state } = turn;
  const earlier = task.doubts.filter((one) => one.from < range.to && range.from < one.to);
  if (earlier.some((one) => one.avoid !== range.avoid || !hasOthers(state, range.avoid)))
    return { type: 'doubted', confirmed: true };
  task.doubts.push(range);
  const copies = [...lease.grant.holders];
  for (const id of copies) {
    const copy = state.leases.get(id);
    if (copy !== undefined && copy !== lease) lease.grant.holders.delete(id);
  }
  closeLease(turn, lease);
  reopenGrant(task, lease.grant, range.avoid);
  return { type: 'doubted', confirmed: false };
}
