/**
 * Believing workers as far as the run's policy says. An answer is checked by the trusted worker when a secret draws its
 * lease, when answers differ, or when too few unrelated workers are there to agree; whoever gave a wrong one is convicted.
 * The coordinator's own workers are believed, unless they were made to lie.
 */
import { leavesOf, nodeKey, type TreeNode } from '@shoal/core';
import { vouch } from '../history/keeping.ts';
import { taskOf } from '../model/core.ts';
import type { PartialEvent, RunEvent, VerifiedNode } from '../model/events.ts';
import type { LeaseId } from '../model/ids.ts';
import { type Candidate, independentAmong, unrelatedAmong, type Voter } from '../model/scrutiny.ts';
import type { Grant, Lease, Task } from '../model/task.ts';
import { free, type Moment, type Turn } from '../model/turn.ts';
import type { WorkerState } from '../model/worker.ts';
import { creditAnswer } from '../placement/credit.ts';
import { isLate } from '../placement/lateness.ts';
import { closeGrant } from '../placement/leases.ts';
import { completeTask, diverge } from '../progress/progress.ts';
import { addAnswer } from '../task/task.ts';
import { askTrusted, drawGuest } from './checks.ts';
import { type Charge, confirm, convict, evidenceOf } from './conviction.ts';
import { noteNorm, unusualNorm } from './norms.ts';
import { mend } from './rollback.ts';
import { type DrawingTurn, type Inquiry, inquiryOf, type Trusting, type TrustState } from './trustState.ts';

/** Takes in an answer that fits its lease but does not count yet. */
export function weigh(
  turn: DrawingTurn,
  inquiry: Inquiry,
  from: { readonly worker: WorkerState; readonly lease: Lease },
  event: PartialEvent,
): void {
  const { state, now } = turn;
  const { task, grant, scrutiny } = inquiry;
  const { worker, lease } = from;
  const { digest, finite, loss, correct, count, tensor, logNorm } = event;
  const believed = worker.belief === 'believed';
  const voter = voterOf(worker, lease.id, event, state.nextLease);
  const key = nodeKey(event.node);
  const known = scrutiny.candidates.get(key) ?? [];
  scrutiny.candidates.set(key, known);
  const isFirst = known.every(({ voters }) => voters.length === 0);
  if (isFirst) scrutiny.since = now;
  // Counted as it comes, and not when it is settled: when that is tells whether it was checked.
  creditAnswer(turn, worker, isFirst && task.set === 'train' ? count : 0);
  if (voter.via !== null) drawGuest(turn, inquiry, voter);
  const same = known.find((one) => one.digest === digest);
  if (same !== undefined) {
    free(turn, tensor);
    same.voters.push(voter);
    if (believed) same.believed = true;
    if (same.right) confirm(turn, voter);
    return;
  }
  if (scrutiny.check === 'done') {
    const expected = known.find(({ right }) => right)?.digest ?? '';
    free(turn, tensor);
    convict(turn, evidenceOf(state, inquiry, { node: key, voter, given: digest, expected }));
    return;
  }
  const sums = { finite, loss, correct, count, vector: tensor };
  known.push({ digest, sums, logNorm, voters: [voter], right: false, believed });
  const range = { from: grant.from, to: grant.to };
  if (known.length > 1) {
    askTrusted(turn, inquiry, { type: 'answersDiffer', ...range });
  } else if (!finite) {
    askTrusted(turn, inquiry, { type: 'notFiniteChecked', name: voter.name, ...range });
  } else if (logNorm !== null && !believed) {
    const factor = unusualNorm(state.trust.norms, leavesIn(event.node, task), logNorm);
    if (factor === null) return;
    askTrusted(turn, inquiry, { type: 'gradientUnusual', name: voter.name, factor, ...range });
  }
}

/** Of what a gateway brings under scrutiny, who has computed it; what is nobody's is its own. */
function voterOf(
  { id, identity, name, origin, crew }: WorkerState,
  lease: LeaseId,
  { by }: PartialEvent,
  answeredBefore: LeaseId,
): Voter {
  const [contributor] = by ?? [];
  const who = contributor ?? { identity, name, origin };
  return {
    ...{ worker: id, lease, answeredBefore },
    ...{ identity: who.identity, name: who.name, origin: who.origin },
    via: crew === null ? null : identity,
  };
}

function leavesIn(node: TreeNode, task: Task): number {
  const [from, to] = leavesOf(node, task.leaves);
  return to - from;
}

/** The trusted worker has computed a grant. */
export function onVerified(turn: Turn<Trusting>, event: Extract<RunEvent, { type: 'verified' }>): void {
  const { state } = turn;
  const { checks, settling } = state.trust;
  const asked = checks.get(event.check);
  checks.delete(event.check);
  const task = taskOf(state);
  const inquiry = asked === undefined ? null : inquiryOf(task, asked.grant);
  if (inquiry === null) {
    for (const { sums } of event.nodes) free(turn, sums.vector);
    return;
  }
  inquiry.scrutiny.check = 'done';
  settling.add(inquiry.grant);
  const wrong = event.nodes.flatMap((verified) => compare(turn, inquiry, verified));
  for (const evidence of wrong) convict(turn, evidence);
  settleGrant(turn, inquiry.task, inquiry.grant);
}

/** @returns the evidence against whoever gave another answer to this node */
function compare(turn: Turn<Trusting>, inquiry: Inquiry, verified: VerifiedNode): Charge[] {
  const { grant, scrutiny } = inquiry;
  const { digest, sums } = verified;
  const node = nodeKey(verified.node);
  if (!grant.remaining.has(node)) {
    free(turn, sums.vector);
    return [];
  }
  const own: Candidate = { digest, sums, logNorm: null, voters: [], right: true, believed: false };
  const wrong: Charge[] = [];
  for (const candidate of scrutiny.candidates.get(node) ?? []) {
    if (verified.agrees.includes(candidate.digest)) {
      for (const voter of candidate.voters) confirm(turn, voter);
      // What the trusted worker computed counts; that another has given it too is kept, its copy is not.
      own.voters.push(...candidate.voters);
    } else {
      const answers = { node, given: candidate.digest, expected: digest };
      for (const voter of candidate.voters) {
        wrong.push(evidenceOf(turn.state, inquiry, { ...answers, voter }));
      }
    }
    free(turn, candidate.sums.vector);
  }
  scrutiny.candidates.set(node, [own]);
  return wrong;
}

/** Accepts what can be accepted of a grant, and moves on when that completes the task. */
export function settleGrant(turn: Turn<Trusting>, task: Task, grant: Grant): void {
  const { state } = turn;
  if (mend(turn) || taskOf(state) !== task) return;
  const inquiry = inquiryOf(task, grant);
  if (inquiry === null) return;
  for (const key of [...grant.remaining.keys()]) {
    const accepted = acceptable(turn, inquiry, key);
    if (accepted === null) continue;
    if (!accepted.sums.finite) return diverge(turn);
    accept(turn, inquiry, key, accepted);
  }
  if (grant.remaining.size > 0) return;
  closeGrant(turn, task, grant);
  completeTask(turn);
}

/** The answer that counts, once there is one. */
function acceptable(moment: Moment<Trusting>, { grant, scrutiny }: Inquiry, key: string): Candidate | null {
  const { trust } = moment.state;
  const known = scrutiny.candidates.get(key) ?? [];
  const [first] = known;
  if (first === undefined) return null;
  switch (scrutiny.check) {
    case 'done':
      // With nobody left who might still answer there is nothing to compare with, and nothing to wait for.
      return first.voters.length > 0 || !isComputed(moment, grant) ? first : null;
    case 'asked':
      return null;
    case 'none':
      if (known.length > 1) return null;
      return first.believed || agreeing(trust, first) >= trust.policy.quorum ? first : null;
  }
}

function agreeing({ convicted }: TrustState, { voters }: Candidate): number {
  return unrelatedAmong(independentAmong(voters.filter(({ identity }) => !convicted.has(identity))));
}

function accept(turn: Turn<Trusting>, inquiry: Inquiry, key: string, accepted: Candidate): void {
  const { task, grant, scrutiny } = inquiry;
  const node = grant.remaining.get(key);
  if (node === undefined) return;
  grant.remaining.delete(key);
  scrutiny.candidates.delete(key);
  const { right, believed, voters, logNorm, sums } = accepted;
  if (!right && !believed) {
    for (const identities of testimonies(voters)) vouch(turn, task.set, identities);
  }
  if (logNorm !== null) noteNorm(turn.state.trust.norms, leavesIn(node, task), logNorm);
  addAnswer(turn, task, { node, ...sums });
}

const TESTIMONIES_MAX = 256;

/**
 * Sets of identities of which one that is not convicted vouches for the answer. A voter that came by a gateway is as good as
 * the worse of both, so that each stands for either in a set of its own.
 */
function testimonies(voters: readonly Voter[]): string[][] {
  let sets: string[][] = [[]];
  for (const { identity, via } of voters) {
    const either = via === null || via === identity ? [identity] : [identity, via];
    // Without one of them a set is suspect sooner, which errs on the safe side.
    if (sets.length >= TESTIMONIES_MAX) continue;
    sets = sets.flatMap((set) => either.map((one) => [...set, one]));
  }
  return sets;
}

/** Somebody who is in time holds a lease of it. */
export function isComputed(moment: Moment<Trusting>, grant: Grant): boolean {
  for (const id of grant.holders) {
    const lease = moment.state.leases.get(id);
    if (lease !== undefined && !isLate(moment, lease)) return true;
  }
  return false;
}
