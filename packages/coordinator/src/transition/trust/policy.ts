/**
 * What the operator may change of how workers are checked while the run goes: the policy, and that one of the
 * coordinator's own workers is believed. Both hold for leases in flight as well.
 */
import type { Fact, TrustChangedFact } from '@shoal/core';
import { keepState } from '../history/keeping.ts';
import { type Belief, isChecked, type TrustPolicy } from '../model/belief.ts';
import { taskOf } from '../model/core.ts';
import type { Grant, Lease, Task } from '../model/task.ts';
import type { Turn } from '../model/turn.ts';
import { grantAnew } from '../placement/leases.ts';
import { changeWorker } from '../placement/load.ts';
import { placesOf } from '../placement/places.ts';
import { isWatched, watch } from '../task/watching.ts';
import { askTrusted } from './checks.ts';
import { settleGrant } from './trust.ts';
import { inquiryOf, type Trusting } from './trustState.ts';

export function changePolicy(turn: Turn<Trusting>, policy: TrustPolicy, reason: TrustChangedFact): void {
  const { state, emit } = turn;
  const { trust } = state;
  const began = isChecked(policy) && !isChecked(trust.policy);
  trust.policy = policy;
  const strangers = trust.ledger.size > 0;
  const facts: readonly Fact[] = began && strangers ? [reason, { type: 'unverifiedBefore' }] : [reason];
  emit({ type: 'log', about: 'trust', level: 'info', facts });
  const task = taskOf(state);
  for (const worker of state.workers.values()) {
    if (worker.crew !== null) changeWorker(state, worker, { leasesMax: placesOf(state, worker) });
  }
  if (task === null) return;
  if (strangers) keepState(turn);
  const divided: Lease[] = [];
  for (const lease of state.leases.values()) {
    const worker = state.workers.get(lease.worker);
    if (worker === undefined || lease.trial || !task.grants.has(lease.grant)) continue;
    if (!isWatched(state, worker)) continue;
    // What a gateway has divided, nobody could be told to have given.
    if (worker.crew !== null && lease.grant.scrutiny === null) divided.push(lease);
    else watch(turn, lease.grant);
  }
  for (const { grant } of divided) grantAnew(turn, task, grant);
  // With fewer opinions asked for, some of what was held back may count now.
  for (const grant of [...task.grants]) {
    if (taskOf(state) === task && task.grants.has(grant)) settleGrant(turn, task, grant);
    if (taskOf(state) === task && task.grants.has(grant)) dontWait(turn, task, grant);
  }
}

/** Without a quorum nobody sees to a grant whose answers are those of the convicted, or which nobody holds any more. */
function dontWait(turn: Turn<Trusting>, task: Task, grant: Grant): void {
  const inquiry = inquiryOf(task, grant);
  if (inquiry === null || turn.state.trust.policy.quorum > 1) return;
  if (inquiry.scrutiny.candidates.size > 0 || grant.holders.size === 0) askTrusted(turn, inquiry, null);
}

/** It was believed until now, and everything that it has said so far is true. */
export function suspect(turn: Turn<Trusting>, identity: string, belief: Exclude<Belief, 'believed'>): void {
  const { state } = turn;
  const task = taskOf(state);
  for (const worker of state.workers.values()) {
    if (worker.identity !== identity) continue;
    worker.belief = belief;
    if (task === null || !isWatched(state, worker)) continue;
    for (const { grant, trial } of worker.held) {
      if (trial || !task.grants.has(grant)) continue;
      watch(turn, grant);
      const inquiry = inquiryOf(task, grant);
      if (inquiry !== null) askTrusted(turn, inquiry, null);
    }
  }
}
