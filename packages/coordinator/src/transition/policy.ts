/**
 * What the operator may change of how workers are checked while the run goes: the policy, and that one of the
 * coordinator's own workers is believed. Both hold for leases in flight as well.
 */
import { keepState } from './keeping.ts';
import {
  type Belief,
  type Grant,
  isChecked,
  isWatched,
  type RunState,
  type Task,
  type TrustPolicy,
} from './state.ts';
import { taskOf, watch } from './task.ts';
import { askTrusted, type Hands, settleGrant } from './trust.ts';

export function changePolicy(state: RunState, policy: TrustPolicy, reason: string, hands: Hands): void {
  const { trust } = state;
  const began = isChecked(policy) && !isChecked(trust.policy);
  trust.policy = policy;
  const strangers = trust.ledger.size > 0;
  const before =
    began && strangers
      ? ' If somebody is convicted who has answered before, the run goes back as far as to its beginning.'
      : '';
  state.emit({ type: 'log', about: 'trust', level: 'info', message: `${reason}${before}` });
  const task = taskOf(state);
  if (task === null) return;
  if (strangers) keepState(state);
  for (const lease of state.leases.values()) {
    const worker = state.workers.get(lease.worker);
    if (worker === undefined || lease.trial || !task.grants.has(lease.grant)) continue;
    if (isWatched(state, worker)) watch(state, lease.grant);
  }
  // With fewer opinions asked for, some of what was held back may count now.
  for (const grant of [...task.grants]) {
    if (taskOf(state) === task && task.grants.has(grant)) settleGrant(state, trust, task, grant, hands);
    if (taskOf(state) === task && task.grants.has(grant)) dontWait(state, task, grant);
  }
}

/** Without a quorum nobody sees to a grant whose answers are those of the convicted, or which nobody holds any more. */
function dontWait(state: RunState, task: Task, grant: Grant): void {
  const { scrutiny } = grant;
  if (scrutiny === null || state.trust.policy.quorum > 1) return;
  if (scrutiny.candidates.size > 0 || grant.holders.size === 0) {
    askTrusted(state, state.trust, task, grant, null);
  }
}

/** It was believed until now, and everything that it has said so far is true. */
export function suspect(state: RunState, identity: string, belief: Exclude<Belief, 'believed'>): void {
  const { trust } = state;
  const task = taskOf(state);
  for (const worker of state.workers.values()) {
    if (worker.identity !== identity) continue;
    worker.belief = belief;
    if (task === null || !isWatched(state, worker)) continue;
    for (const { grant, trial } of worker.held) {
      if (trial || !task.grants.has(grant)) continue;
      watch(state, grant);
      askTrusted(state, trust, task, grant, null);
    }
  }
}
