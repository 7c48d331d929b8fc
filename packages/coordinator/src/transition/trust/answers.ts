/** An answer comes in: it fits its lease or not, counts at once, waits until it is believed, or comes too late. */
import { type FactOf, nodeKey, unreachable } from '@shoal/core';
import { vouch } from '../history/keeping.ts';
import { taskOf } from '../model/core.ts';
import type { PartialEvent } from '../model/events.ts';
import type { SetName } from '../model/ids.ts';
import type { Lease } from '../model/task.ts';
import { free, type Turn } from '../model/turn.ts';
import type { WorkerState } from '../model/worker.ts';
import { acceptPartial } from '../placement/acceptance.ts';
import { creditAnswer, noteEnd } from '../placement/credit.ts';
import { expel, takeBack } from '../placement/departure.ts';
import { closeGrant, closeLease } from '../placement/leases.ts';
import { measured } from '../placement/measure.ts';
import { callEveryone } from '../placement/reach.ts';
import { completeTask, diverge } from '../progress/progress.ts';
import { passOn } from '../relay/relay.ts';
import { settleGrant, weigh } from './trust.ts';
import { type DrawingTurn, inquiryOf, type Trusting } from './trustState.ts';

export function onPartial(turn: DrawingTurn, event: PartialEvent): void {
  const { state, emit } = turn;
  const worker = state.workers.get(event.worker);
  const lease = state.leases.get(event.lease);
  const task = taskOf(state);
  if (worker === undefined || lease === undefined || lease.worker !== event.worker) {
    return free(turn, event.tensor);
  }
  if (event.by?.some(({ identity }) => state.trust.convicted.has(identity)) === true) {
    // It was on its way when they were found out; others compute it.
    free(turn, event.tensor);
    if (!lease.revoked) emit({ type: 'revoke', worker: worker.id, lease: lease.id });
    return takeBack(turn, lease);
  }
  const { grant } = lease;
  const key = nodeKey(event.node);
  if (lease.answered.has(key)) {
    free(turn, event.tensor);
    return expel(
      turn,
      worker,
      'badMessage',
      malformed(`Node ${key} of lease ${lease.id} was answered twice.`),
    );
  }
  lease.answered.add(key);
  if (task === null || !task.grants.has(grant)) {
    free(turn, event.tensor);
    return answered(turn, worker, lease, event);
  }
  const acceptance = acceptPartial(turn, task, lease, event);
  switch (acceptance.type) {
    case 'malformed':
      free(turn, event.tensor);
      return expel(
        turn,
        worker,
        'badMessage',
        malformed(`The answer does not fit the lease: ${acceptance.reason}.`),
      );
    case 'ignored':
      free(turn, event.tensor);
      return answered(turn, worker, lease, event);
    case 'doubted':
      free(turn, event.tensor);
      if (acceptance.confirmed) return diverge(turn);
      callEveryone(state);
      emit({ type: 'log', level: 'warn', facts: [{ type: 'notFinite', name: worker.name }] });
      return;
    case 'held': {
      const inquiry = inquiryOf(task, grant);
      // A trial measures time; its answer is one too many.
      if (lease.trial || inquiry === null) {
        free(turn, event.tensor);
        return answered(turn, worker, lease, event);
      }
      lease.counted += event.count;
      weigh(turn, inquiry, { worker, lease }, event);
      if (state.leases.has(lease.id)) answered(turn, worker, lease, event);
      return settleGrant(turn, task, grant);
    }
    case 'merged':
      lease.counted += event.count;
      creditAnswer(turn, worker, task.set === 'train' ? event.count : 0);
      if (worker.belief !== 'believed') vouchEach(turn, task.set, worker, event);
      answered(turn, worker, lease, event);
      if (acceptance.leaseDone) closeGrant(turn, task, grant);
      return task.errands === null ? completeTask(turn) : passOn(turn, task, grant, event);
    default:
      return unreachable(acceptance);
  }
}

/** A sum is as wrong as the worst of its parts, and as whoever added them. */
function vouchEach(
  turn: Turn<Trusting>,
  set: SetName,
  { identity }: WorkerState,
  { by }: PartialEvent,
): void {
  vouch(turn, set, [identity]);
  for (const contributor of by ?? []) vouch(turn, set, [contributor.identity]);
}

/** For whoever writes a worker. */
const malformed = (detail: string): FactOf<'messageMalformed'> => ({ type: 'messageMalformed', detail });

/** Counts an answer of a lease; the lease ends when its worker has answered every node of it. */
function answered(
  turn: Turn<Trusting>,
  worker: WorkerState,
  lease: Lease,
  { computeMs }: PartialEvent,
): void {
  if (lease.answered.size < lease.grant.nodes.size) return;
  turn.state.leasesAnswered += 1;
  noteEnd(turn, worker, lease, computeMs);
  closeLease(turn, lease, measured(worker, lease, computeMs, turn.now));
}
