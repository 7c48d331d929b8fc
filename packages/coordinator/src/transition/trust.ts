/**
 * Believing workers as far as the run's policy says. An answer is checked by the trusted worker when a secret draws its
 * lease, when answers differ, or when too few unrelated workers are there to agree; whoever gave a wrong one is convicted.
 * The coordinator's own workers are believed, unless they were made to lie.
 */
import { leavesOf, type Node, type Vouchers } from '@shoal/core';
import { confirm, convict, evidenceOf } from './conviction.ts';
import { creditAnswer } from './credit.ts';
import type { Evidence } from './effects.ts';
import type { LeaseId, PartialEvent, RunEvent } from './events.ts';
import { vouch } from './keeping.ts';
import { Ledger } from './ledger.ts';
import { NormBounds } from './norms.ts';
import { completeTask, diverge } from './progress.ts';
import { mend } from './rollback.ts';
import {
  type Candidate,
  independentAmong,
  type Scrutiny,
  unrelatedAmong,
  type VerifiedNode,
  type Voter,
} from './scrutiny.ts';
import { type SnapshotRecord, Snapshots } from './snapshots.ts';
import type { Grant, Lease, RunState, Task, TrustPolicy, WorkerState } from './state.ts';
import { taskOf } from './task.ts';

/** What the shell gives at the start: the secret, and what is remembered of this run and of earlier ones. */
export type TrustStart = {
  /** A number in [0, 1) for each lease, which nobody outside can foretell, and another for its negative. */
  readonly chance: (lease: LeaseId) => number;
  readonly convicted: readonly string[];
  readonly standing: ReadonlyMap<string, number>;
  readonly ledger: Vouchers;
  /** States to go back to; the run's beginning is one of them. */
  readonly snapshots: readonly SnapshotRecord[];
};

export type CheckId = number;

export type TrustState = {
  policy: TrustPolicy;
  readonly chance: (lease: LeaseId) => number;
  readonly convicted: Set<string>;
  /** Answers found right, by identity. */
  readonly standing: Map<string, number>;
  readonly ledger: Ledger;
  readonly snapshots: Snapshots;
  readonly norms: NormBounds;
  readonly checks: Map<CheckId, { readonly task: Task; readonly grant: Grant }>;
  nextCheck: CheckId;
  /** Grants with a lease for which it has not been drawn yet whether it is checked. */
  readonly fresh: Set<Grant>;
  /** Grants that the trusted worker has computed, and whose worker may still answer. */
  readonly settling: Set<Grant>;
  /** How many were convicted when the run was last looked over for what only they vouched for. */
  mended: number;
  /** Fewer unrelated workers are there than a quorum takes. */
  isShort: boolean;
};

/** What trust asks to be done to workers and grants. */
export type Hands = {
  readonly expel: (state: RunState, worker: WorkerState, code: 'convicted', message: string) => void;
  readonly closeGrant: (state: RunState, task: Task, grant: Grant) => void;
};

export function newTrust(policy: TrustPolicy, start: TrustStart): TrustState {
  return {
    policy,
    chance: start.chance,
    convicted: new Set(start.convicted),
    standing: new Map(start.standing),
    ledger: new Ledger(start.ledger),
    snapshots: new Snapshots(start.snapshots),
    norms: new NormBounds(),
    checks: new Map(),
    nextCheck: 1,
    fresh: new Set(),
    settling: new Set(),
    mended: 0,
    isShort: false,
  };
}

/**
 * The part of this identity's leases that is checked: all at first, then fewer with each answer found right, down to
 * what the policy asks for. A newcomer costs 1/spotCheck checks at most until it is one of many.
 */
export function checkProbability(spotCheck: number, standing: number): number {
  return spotCheck === 0 ? 0 : Math.max(spotCheck, 1 / (1 + standing));
}

/** Draws for every new lease of the grant whether it is checked. The worker has no way to tell. */
export function drawChecks(
  state: RunState,
  trust: TrustState,
  task: Task,
  grant: Grant,
  scrutiny: Scrutiny,
): void {
  const { spotCheck } = trust.policy;
  for (const id of grant.holders) {
    if (id <= scrutiny.drawnFor) continue;
    scrutiny.drawnFor = id;
    const worker = state.workers.get(state.leases.get(id)?.worker ?? -1);
    if (worker === undefined || worker.belief === 'believed') continue;
    const standing = trust.standing.get(worker.identity) ?? 0;
    const probability = worker.belief === 'suspected' ? 1 : checkProbability(spotCheck, standing);
    if (trust.chance(id) < probability) askTrusted(state, trust, task, grant, null);
  }
}

/** Has the trusted worker compute the grant; `reason` is for people, null for a check that was drawn. */
export function askTrusted(
  state: RunState,
  trust: TrustState,
  task: Task,
  grant: Grant,
  reason: string | null,
): void {
  const { scrutiny } = grant;
  if (scrutiny === null || scrutiny.check !== 'none') return;
  scrutiny.check = 'asked';
  const check = trust.nextCheck;
  trust.nextCheck += 1;
  trust.checks.set(check, { task, grant });
  const { version, epoch, step } = state.progress;
  const { from, to } = grant;
  state.emit({
    type: 'verify',
    check,
    task: task.kind,
    set: task.set,
    version,
    epoch,
    step,
    from,
    to,
    leaves: task.leaves,
  });
  if (reason !== null) state.emit({ type: 'log', about: 'trust', level: 'info', message: reason });
}

/** Takes in an answer that fits its lease but does not count yet. */
export function weigh(
  state: RunState,
  trust: TrustState,
  task: Task,
  worker: WorkerState,
  lease: Lease,
  event: PartialEvent,
  key: string,
  hands: Hands,
): void {
  const { grant } = lease;
  const scrutiny = grant.scrutiny;
  if (scrutiny === null) return;
  const { id, identity, name, origin, belief } = worker;
  const believed = belief === 'believed';
  const voter: Voter = {
    ...{ worker: id, identity, name, origin, lease: lease.id },
    answeredBefore: state.nextLease,
  };
  const known = scrutiny.candidates.get(key) ?? [];
  scrutiny.candidates.set(key, known);
  const isFirst = known.every(({ voters }) => voters.length === 0);
  if (isFirst) {
    scrutiny.since = state.now;
  }
  // Counted as it comes, and not when it is settled: when that is tells whether it was checked.
  creditAnswer(state, worker, isFirst && task.set === 'train' ? event.count : 0);
  const same = known.find(({ digest }) => digest === event.digest);
  if (same !== undefined) {
    if (event.tensor !== null) state.emit({ type: 'free', tensor: event.tensor });
    same.voters.push(voter);
    if (believed) same.believed = true;
    if (same.right) confirm(state, trust, voter);
    return;
  }
  const { digest, finite, loss, correct, count, tensor, logNorm } = event;
  const answer: Candidate = {
    digest,
    finite,
    sums: { loss, correct, count, tensor },
    logNorm,
    voters: [voter],
    right: false,
    believed,
  };
  if (scrutiny.check === 'done') {
    const expected = known.find(({ right }) => right)?.digest ?? '';
    discard(state, answer);
    convict(state, trust, evidenceOf(state, task, grant, key, voter, digest, expected), hands);
    return;
  }
  known.push(answer);
  const range = rangeOf(grant);
  if (known.length > 1) {
    askTrusted(state, trust, task, grant, `Answers to ${range} differ: the trusted worker computes them.`);
  } else if (!finite) {
    const reason = `${name} got numbers that are not finite; the trusted worker computes ${range} as well.`;
    askTrusted(state, trust, task, grant, reason);
  } else if (logNorm !== null && !believed) {
    const times = trust.norms.unusual(leavesIn(event.node, task), logNorm);
    if (times === null) return;
    const reason = `The gradient that ${name} gave for ${range} is of an unusual length (by a factor of ${times.toPrecision(2)}); the trusted worker computes it as well.`;
    askTrusted(state, trust, task, grant, reason);
  }
}

function leavesIn(node: Node, task: Task): number {
  const [from, to] = leavesOf(node, task.leaves);
  return to - from;
}

/** The trusted worker has computed a grant. */
export function onVerified(
  state: RunState,
  trust: TrustState,
  event: Extract<RunEvent, { type: 'verified' }>,
  hands: Hands,
): void {
  const check = trust.checks.get(event.check);
  trust.checks.delete(event.check);
  const task = taskOf(state);
  const scrutiny = check?.grant.scrutiny ?? null;
  if (check === undefined || scrutiny === null || task !== check.task || !task.grants.has(check.grant)) {
    for (const { sums } of event.nodes) {
      if (sums.tensor !== null) state.emit({ type: 'free', tensor: sums.tensor });
    }
    return;
  }
  const { grant } = check;
  scrutiny.check = 'done';
  trust.settling.add(grant);
  const wrong: Evidence[] = [];
  for (const verified of event.nodes) {
    wrong.push(...compare(state, trust, task, grant, scrutiny, verified));
  }
  for (const evidence of wrong) convict(state, trust, evidence, hands);
  settleGrant(state, trust, task, grant, hands);
}

/** @returns the evidence against whoever gave another answer to this node */
function compare(
  state: RunState,
  trust: TrustState,
  task: Task,
  grant: Grant,
  scrutiny: Scrutiny,
  verified: VerifiedNode,
): Evidence[] {
  const key = keyOf(grant, verified);
  if (key === null) {
    if (verified.sums.tensor !== null) state.emit({ type: 'free', tensor: verified.sums.tensor });
    return [];
  }
  const { digest, finite, sums } = verified;
  const own: Candidate = { digest, finite, sums, logNorm: null, voters: [], right: true, believed: false };
  const kept: Candidate[] = [own];
  const wrong: Evidence[] = [];
  for (const candidate of scrutiny.candidates.get(key) ?? []) {
    if (verified.agrees.includes(candidate.digest)) {
      for (const voter of candidate.voters) confirm(state, trust, voter);
      // What the trusted worker computed counts; that another has given it too is kept, its copy is not.
      own.voters.push(...candidate.voters);
    } else {
      for (const voter of candidate.voters) {
        wrong.push(evidenceOf(state, task, grant, key, voter, candidate.digest, digest));
      }
    }
    discard(state, candidate);
  }
  scrutiny.candidates.set(key, kept);
  return wrong;
}

function keyOf(grant: Grant, { node }: VerifiedNode): string | null {
  for (const [key, open] of grant.remaining) {
    if (open.level === node.level && open.index === node.index) return key;
  }
  return null;
}

/** Accepts what can be accepted of a grant, and moves on when that completes the task. */
export function settleGrant(
  state: RunState,
  trust: TrustState,
  task: Task,
  grant: Grant,
  hands: Hands,
): void {
  if (mend(state, hands.closeGrant) || taskOf(state) !== task || !task.grants.has(grant)) return;
  const { scrutiny } = grant;
  if (scrutiny === null) return;
  for (const key of [...grant.remaining.keys()]) {
    const accepted = acceptable(state, trust, grant, scrutiny, key);
    if (accepted === null) continue;
    if (!accepted.finite) return diverge(state, state.emit);
    accept(state, trust, task, grant, scrutiny, key, accepted);
  }
  if (grant.remaining.size > 0) return;
  hands.closeGrant(state, task, grant);
  completeTask(state, state.emit);
}

/** The answer that counts, once there is one. */
function acceptable(
  state: RunState,
  trust: TrustState,
  grant: Grant,
  scrutiny: Scrutiny,
  key: string,
): Candidate | null {
  const known = scrutiny.candidates.get(key) ?? [];
  const [first] = known;
  if (first === undefined) return null;
  switch (scrutiny.check) {
    case 'done':
      // With nobody left who might still answer there is nothing to compare with, and nothing to wait for.
      return first.voters.length > 0 || !isComputed(state, grant) ? first : null;
    case 'asked':
      return null;
    case 'none':
      if (known.length > 1) return null;
      return first.believed || agreeing(trust, first) >= trust.policy.quorum ? first : null;
  }
}

function agreeing(trust: TrustState, { voters }: Candidate): number {
  return unrelatedAmong(independentAmong(voters.filter(({ identity }) => !trust.convicted.has(identity))));
}

function accept(
  state: RunState,
  trust: TrustState,
  task: Task,
  grant: Grant,
  scrutiny: Scrutiny,
  key: string,
  accepted: Candidate,
): void {
  const node = grant.remaining.get(key);
  if (node === undefined) return;
  grant.remaining.delete(key);
  scrutiny.candidates.delete(key);
  if (!accepted.right && !accepted.believed) {
    const identities = accepted.voters.map(({ identity }) => identity);
    vouch(state, task.set, identities);
  }
  if (accepted.logNorm !== null) trust.norms.note(leavesIn(node, task), accepted.logNorm);
  task.merger.add(node, accepted.sums);
}

/** Somebody who is in time holds a lease of it. */
export function isComputed(state: RunState, grant: Grant): boolean {
  for (const id of grant.holders) {
    const lease = state.leases.get(id);
    if (lease !== undefined && !isLate(state, lease)) return true;
  }
  return false;
}

export function isLate(state: RunState, lease: Lease): boolean {
  const { overdueFactor, overdueMinMs } = state.facts.limits;
  return state.now - lease.grantedAt > Math.max(overdueMinMs, lease.expectedMs * overdueFactor);
}

function discard(state: RunState, { sums }: Candidate): void {
  if (sums.tensor !== null) state.emit({ type: 'free', tensor: sums.tensor });
}

export function rangeOf(grant: Grant): string {
  const last = grant.to - 1;
  return grant.from === last ? `microbatch ${last}` : `microbatches ${grant.from} to ${last}`;
}
