/**
 * Enough answers for each grant: the same range goes to one worker and, once that has answered, to as many more unrelated
 * ones as the quorum takes. Where there are not so many, or they do not get to it in time, the trusted worker settles it:
 * no run waits for a quorum.
 */

import { workOf } from './load.ts';
import { mayGrant } from './pacing.ts';
import { grantEffect } from './schedule.ts';
import { independentAmong, isRelated, type Scrutiny, unrelatedAmong, type Voter } from './scrutiny.ts';
import { type Grant, type Lease, type RunState, type Task, takesWork, type WorkerState } from './state.ts';
import { copyLease, taskOf } from './task.ts';
import {
  askTrusted,
  drawChecks,
  type Hands,
  isComputed,
  isLate,
  rangeOf,
  settleGrant,
  type TrustState,
} from './trust.ts';

/** How long a grant may lack answers while unrelated workers are there but busy. */
const QUORUM_WAIT_MS = 2_000;

/**
 * To be called after work was placed. @returns whether the task at hand has changed, so that work is to be placed anew
 */
export function attendToTrust(state: RunState, hands: Hands): boolean {
  const { trust } = state;
  const task = taskOf(state);
  if (task === null || state.paused !== null) return false;
  if (trust.policy.quorum > 1) noteShortage(state, trust);
  for (const grant of grantsToLookAt(task, trust)) {
    const { scrutiny } = grant;
    if (scrutiny === null || !task.grants.has(grant)) continue;
    drawChecks(state, trust, task, grant, scrutiny);
    if (scrutiny.check === 'none') {
      if (trust.policy.quorum > 1) findMore(state, trust, task, grant, scrutiny);
    } else if (scrutiny.check === 'done' && !isComputed(state, grant)) {
      settleGrant(state, trust, task, grant, hands);
      if (taskOf(state) !== task) return true;
    }
  }
  return false;
}

/** All of them where answers are waited for; else few, however many there are. */
function grantsToLookAt(task: Task, trust: TrustState): Grant[] {
  for (const grant of trust.settling) if (!task.grants.has(grant)) trust.settling.delete(grant);
  const grants = trust.policy.quorum > 1 ? [...task.grants] : [...trust.fresh, ...trust.settling];
  trust.fresh.clear();
  return grants;
}

function noteShortage(state: RunState, trust: TrustState): void {
  const { quorum } = trust.policy;
  const present = [...workersThatCount(state)];
  const isBelieved = present.some(({ belief }) => belief === 'believed');
  const unrelated = unrelatedAmong(present);
  const isShort = !isBelieved && unrelated < quorum;
  if (isShort === trust.isShort || unrelated === 0) return;
  trust.isShort = isShort;
  const message = isShort
    ? `Only ${unrelated} unrelated ${unrelated === 1 ? 'worker is' : 'workers are'} here, too few for a quorum of ${quorum}: the trusted worker computes all leases as well.`
    : `Workers enough are there: a quorum of ${quorum} settles what they compute.`;
  state.emit({ type: 'log', about: 'trust', level: isShort ? 'warn' : 'info', message });
}

function* workersThatCount(state: RunState): Iterable<WorkerState> {
  for (const worker of state.workers.values()) if (takesWork(worker) && !worker.stalled) yield worker;
}

/** Grants the range to one more worker where answers are lacking that nobody is about to give. */
function findMore(state: RunState, trust: TrustState, task: Task, grant: Grant, scrutiny: Scrutiny): void {
  const leases = [...grant.holders].map((id) => state.leases.get(id)).filter((one) => one !== undefined);
  const inTime = leases.filter((lease) => !isLate(state, lease));
  // One after the other: see `scrutiny.ts`.
  if (scrutiny.candidates.size === 0 && inTime.length > 0) return;
  const votes = votersOfAll(grant, scrutiny).filter(({ identity }) => !trust.convicted.has(identity));
  const [first] = votes;
  if (first === undefined && inTime.length > 0) return;
  const asked = inTime.filter(({ id }) => first === undefined || id >= first.answeredBefore);
  const expected = unrelatedAmong([...independentAmong(votes), ...workersOf(state, asked)]);
  if (expected >= trust.policy.quorum) return;
  const involved = [
    ...workersOf(state, leases),
    ...[...scrutiny.candidates.values()].flatMap((all) => all.flatMap(({ voters }) => voters)),
  ];
  const others = [...workersThatCount(state)].filter((one) => !involved.some((it) => isRelated(one, it)));
  // A copy of what is merely late goes to those who have nothing else to do, as in a run without a quorum.
  const free = first === undefined ? others.filter(({ held }) => held.length === 0) : others;
  const taker = takerOf(state, trust, scrutiny, free);
  if (taker !== undefined && taker.held.length < state.facts.limits.leasesHeldMax) {
    if (!mayGrant(state)) return;
    scrutiny.drawn = null;
    const expectedMs = taker.overheadMs + workOf(task.kind, grant.to - grant.from) / taker.speed;
    const time = { now: state.now, expectedMs, trial: false };
    const lease = copyLease(state, task, grant, taker, time);
    state.emit(grantEffect(state, task, taker, lease));
    drawChecks(state, trust, task, grant, scrutiny);
    return;
  }
  if (others.length === 0) return askTrusted(state, trust, task, grant, null);
  const patienceMs = Math.max(QUORUM_WAIT_MS, ...leases.map(({ expectedMs }) => 3 * expectedMs));
  if (state.now - scrutiny.since > patienceMs) {
    const reason = `No second opinion on ${rangeOf(grant)} came in time: the trusted worker computes them.`;
    askTrusted(state, trust, task, grant, reason);
  }
}

/**
 * Who is to be asked next: drawn with the secret among all that might be, the busy included, and waited for. Nobody can
 * arrange to be asked for an opinion on a friend's answer, neither by having nothing else to do nor by being fast.
 */
function takerOf(
  state: RunState,
  trust: TrustState,
  scrutiny: Scrutiny,
  those: readonly WorkerState[],
): WorkerState | undefined {
  const drawn = those.find(({ id }) => id === scrutiny.drawn);
  if (drawn !== undefined) return drawn;
  const taker = those[Math.floor(trust.chance(-state.nextLease) * those.length)];
  scrutiny.drawn = taker?.id ?? null;
  return taker;
}

/** Those who have answered every node that is still open. */
function votersOfAll(grant: Grant, scrutiny: Scrutiny): Voter[] {
  const lists = [...grant.remaining.keys()].map((key) =>
    (scrutiny.candidates.get(key) ?? []).flatMap(({ voters }) => voters),
  );
  const [first = [], ...rest] = lists;
  return first.filter(({ lease }) => rest.every((list) => list.some((one) => one.lease === lease)));
}

function workersOf(state: RunState, leases: readonly Lease[]): WorkerState[] {
  return leases.map(({ worker }) => state.workers.get(worker)).filter((one) => one !== undefined);
}
