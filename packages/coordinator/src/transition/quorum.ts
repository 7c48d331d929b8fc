/**
 * Enough answers for each grant: the same range goes to as many unrelated workers as the quorum takes. Where there are
 * not so many, or they do not get to it in time, the trusted worker settles it: no run waits for a quorum.
 */

import { workOf } from './load.ts';
import { mayGrant } from './pacing.ts';
import { grantEffect } from './schedule.ts';
import { isRelated, type Scrutiny, unrelatedAmong, type Voter } from './scrutiny.ts';
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
export function attendToTrust(state: RunState, trust: TrustState, hands: Hands): boolean {
  const task = taskOf(state);
  if (task === null || state.paused !== null) return false;
  noteShortage(state, trust);
  for (const grant of [...task.grants]) {
    const { scrutiny } = grant;
    if (scrutiny === null) continue;
    drawChecks(state, trust, task, grant, scrutiny);
    if (scrutiny.check === 'none') findMore(state, trust, task, grant, scrutiny);
    else if (scrutiny.check === 'done' && !isComputed(state, grant)) {
      settleGrant(state, trust, task, grant, hands);
      if (taskOf(state) !== task) return true;
    }
  }
  return false;
}

function noteShortage(state: RunState, trust: TrustState): void {
  const { quorum } = state.facts.spec.trust;
  if (quorum === 1) return;
  const present = unrelatedAmong(workersThatCount(state));
  const isShort = present < quorum;
  if (isShort === trust.isShort || present === 0) return;
  trust.isShort = isShort;
  const message = isShort
    ? `Only ${present} unrelated ${present === 1 ? 'worker is' : 'workers are'} here, too few for a quorum of ${quorum}: the trusted worker computes all leases as well.`
    : `${present} unrelated workers are there: a quorum of ${quorum} settles what they compute.`;
  state.emit({ type: 'log', about: 'trust', level: isShort ? 'warn' : 'info', message });
}

function* workersThatCount(state: RunState): Iterable<WorkerState> {
  for (const worker of state.workers.values()) if (takesWork(worker) && !worker.stalled) yield worker;
}

/** Grants the range to one more worker where answers are lacking that nobody is about to give. */
function findMore(state: RunState, trust: TrustState, task: Task, grant: Grant, scrutiny: Scrutiny): void {
  const { quorum } = state.facts.spec.trust;
  if (isHeldByEnough(state, grant, quorum)) return;
  const leases = [...grant.holders].map((id) => state.leases.get(id)).filter((one) => one !== undefined);
  const votes = votersOfAll(grant, scrutiny).filter(({ identity }) => !trust.convicted.has(identity));
  const inTime = leases.filter((lease) => !isLate(state, lease));
  const expected = unrelatedAmong([...votes, ...workersOf(state, inTime)]);
  if (expected >= quorum) return;
  const involved = [
    ...workersOf(state, leases),
    ...[...scrutiny.candidates.values()].flatMap((all) => all.flatMap(({ voters }) => voters)),
  ];
  const others = [...workersThatCount(state)].filter((one) => !involved.some((it) => isRelated(one, it)));
  // A copy of what is merely late goes to those who have nothing else to do, as in a run without a quorum.
  const heldMax = leases.length > inTime.length || quorum === 1 ? 1 : state.facts.limits.leasesHeldMax;
  const free = others.filter(({ held }) => held.length < heldMax);
  // Nobody can arrange to be asked for a second opinion on a friend's answer.
  const taker = free[Math.floor(trust.chance(-state.nextLease) * free.length)];
  if (taker !== undefined) {
    if (!mayGrant(state)) return;
    const expectedMs = taker.overheadMs + workOf(task.kind, grant.to - grant.from) / taker.speed;
    const time = { now: state.now, expectedMs, trial: false };
    const lease = copyLease(state, task, grant, taker, time);
    state.emit(grantEffect(state, task, taker, lease));
    drawChecks(state, trust, task, grant, scrutiny);
    return;
  }
  if (quorum === 1 && votes.length === 0) return;
  if (others.length === 0) return askTrusted(state, trust, task, grant, null);
  const patienceMs = Math.max(QUORUM_WAIT_MS, ...leases.map(({ expectedMs }) => 3 * expectedMs));
  if (state.now - scrutiny.since > patienceMs) {
    const reason = `No second opinion on ${rangeOf(grant)} came in time: the trusted worker computes them.`;
    askTrusted(state, trust, task, grant, reason);
  }
}

/** The usual case, told at once: those who hold a grant are unrelated, since each was chosen to be. */
function isHeldByEnough(state: RunState, grant: Grant, quorum: number): boolean {
  let inTime = 0;
  for (const id of grant.holders) {
    const lease = state.leases.get(id);
    if (lease !== undefined && !isLate(state, lease)) inTime += 1;
  }
  return inTime >= quorum;
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
