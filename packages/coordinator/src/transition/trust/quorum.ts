/**
 * Enough answers for each grant: the same range goes to one worker and, once that has answered, to as many more unrelated
 * ones as the quorum takes. Where there are not so many, or they do not get to it in time, the trusted worker settles it:
 * no run waits for a quorum.
 */
import type { Fact } from '@shoal/core';
import { taskOf } from '../model/core.ts';
import { independentAmong, isRelated, type Scrutiny, unrelatedAmong, type Voter } from '../model/scrutiny.ts';
import type { Grant, Lease, Task } from '../model/task.ts';
import type { Turn } from '../model/turn.ts';
import { isThere, type WorkerState } from '../model/worker.ts';
import { isLate } from '../placement/lateness.ts';
import { copyLease } from '../placement/leases.ts';
import { mayGrant } from '../placement/pacing.ts';
import { isAtRest } from '../placement/stepPace.ts';
import { chanceOf } from './chance.ts';
import { askTrusted, drawChecks } from './checks.ts';
import { isComputed, settleGrant } from './trust.ts';
import { type DrawingTurn, type Inquiry, inquiryOf, type Trusting, type TrustState } from './trustState.ts';

/** How long a grant may lack answers while unrelated workers are there but busy. */
const QUORUM_WAIT_MS = 2_000;

/**
 * To be called after work was placed. @returns whether the task at hand has changed, so that work is to be placed anew
 */
export function attendToTrust(turn: DrawingTurn): boolean {
  const { state } = turn;
  const { trust } = state;
  const task = taskOf(state);
  if (task === null || isAtRest(turn)) return false;
  if (trust.policy.quorum > 1) noteShortage(turn);
  for (const grant of grantsToLookAt(task, trust)) {
    const inquiry = inquiryOf(task, grant);
    if (inquiry === null) continue;
    drawChecks(turn, inquiry);
    const { check } = inquiry.scrutiny;
    if (check === 'none') {
      if (trust.policy.quorum > 1) findMore(turn, inquiry);
    } else if (check === 'done' && !isComputed(turn, grant)) {
      settleGrant(turn, task, grant);
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

function noteShortage({ state, emit }: Turn<Trusting>): void {
  const { trust } = state;
  const { quorum } = trust.policy;
  const present = workersThere(state);
  const isBelieved = present.some(({ belief }) => belief === 'believed');
  const gateways = present.filter(({ crew }) => crew !== null);
  const below = gateways.reduce((sum, { crew }) => sum + (crew ?? 0), 0);
  const unrelated = unrelatedAmong(present.filter(({ crew }) => crew === null)) + below;
  const isShort = !isBelieved && unrelated < quorum;
  if (isShort === trust.isShort || unrelated === 0) return;
  trust.isShort = isShort;
  const fact: Fact = isShort
    ? { type: 'tooFewForQuorum', present: unrelated, quorum }
    : { type: 'enoughForQuorum', quorum };
  emit({ type: 'log', about: 'trust', level: isShort ? 'warn' : 'info', facts: [fact] });
}

const workersThere = ({ workers }: Pick<Trusting, 'workers'>): WorkerState[] =>
  [...workers.values()].filter(isThere);

/** Grants the range to one more worker where answers are lacking that nobody is about to give. */
function findMore(turn: DrawingTurn, inquiry: Inquiry): void {
  const { state, now } = turn;
  const { task, grant, scrutiny } = inquiry;
  const { convicted, policy } = state.trust;
  const leases = [...grant.holders].map((id) => state.leases.get(id)).filter((one) => one !== undefined);
  const inTime = leases.filter((lease) => !isLate(turn, lease));
  // One after the other: see `scrutiny.ts`.
  if (scrutiny.candidates.size === 0 && inTime.length > 0) return;
  const votes = votersOfAll(inquiry).filter(({ identity }) => !convicted.has(identity));
  const [first] = votes;
  if (first === undefined && inTime.length > 0) return;
  const asked = inTime.filter(({ id }) => first === undefined || id >= first.answeredBefore);
  const expected = unrelatedAmong([...independentAmong(votes), ...workersOf(state, asked)]);
  if (expected >= policy.quorum) return;
  const voters = [...scrutiny.candidates.values()].flatMap((all) => all.flatMap((one) => one.voters));
  const involved = [...workersOf(state, leases), ...voters];
  const others = workersThere(state).filter(
    (one) => !involved.some((it) => isRelated(one, it)) && hasOthersBelow(one, voters),
  );
  // A copy of what is merely late goes to those who have nothing else to do, as in a run without a quorum.
  const available = first === undefined ? others.filter(({ held }) => held.length === 0) : others;
  const taker = takerOf(turn, scrutiny, available);
  if (taker !== undefined && taker.held.length < taker.leasesMax) {
    if (!mayGrant(turn)) return;
    scrutiny.drawn = null;
    copyLease(turn, task, taker, { grant, trial: false });
    drawChecks(turn, inquiry);
    return;
  }
  if (others.length === 0) return askTrusted(turn, inquiry, null);
  const patienceMs = Math.max(QUORUM_WAIT_MS, ...leases.map(({ expectedMs }) => 3 * expectedMs));
  if (now - scrutiny.since > patienceMs) {
    const { from, to } = grant;
    askTrusted(turn, inquiry, { type: 'noSecondOpinion', from, to });
  }
}

/** A gateway is asked once for each whom it stands for: which of them answers is its own matter. */
function hasOthersBelow({ crew, identity }: WorkerState, voters: readonly Voter[]): boolean {
  return crew === null || voters.filter(({ via }) => via === identity).length < crew;
}

/**
 * Who is to be asked next: drawn with the secret among all that might be, the busy included, and waited for. Nobody can
 * arrange to be asked for an opinion on a friend's answer, neither by having nothing else to do nor by being fast.
 */
function takerOf(
  { state, secret }: DrawingTurn,
  scrutiny: Scrutiny,
  those: readonly WorkerState[],
): WorkerState | undefined {
  const drawn = those.find(({ id }) => id === scrutiny.drawn);
  if (drawn !== undefined) return drawn;
  const taker = those[Math.floor(chanceOf(secret, 'taker', state.nextLease) * those.length)];
  scrutiny.drawn = taker?.id ?? null;
  return taker;
}

/** Those who have answered every node that is still open. */
function votersOfAll({ grant, scrutiny }: Inquiry): Voter[] {
  const lists = [...grant.remaining.keys()].map((key) =>
    (scrutiny.candidates.get(key) ?? []).flatMap(({ voters }) => voters),
  );
  const [first = [], ...rest] = lists;
  return first.filter(({ lease }) => rest.every((list) => list.some((one) => one.lease === lease)));
}

function workersOf({ workers }: Pick<Trusting, 'workers'>, leases: readonly Lease[]): WorkerState[] {
  return leases.map(({ worker }) => workers.get(worker)).filter((one) => one !== undefined);
}
