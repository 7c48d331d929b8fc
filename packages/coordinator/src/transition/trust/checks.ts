/** Which leases the trusted worker computes as well, and asking it to. */
import type { SecondLookFact } from '@shoal/core';
import type { Voter } from '../model/scrutiny.ts';
import type { Turn } from '../model/turn.ts';
import { chanceOf } from './chance.ts';
import type { DrawingTurn, Inquiry, Trusting } from './trustState.ts';

/**
 * The part of this identity's leases that is checked: all at first, then fewer with each answer found right, down to
 * what the policy asks for. A newcomer costs 1/spotCheck checks at most until it is one of many.
 */
export function checkProbability(spotCheck: number, verifiedAnswers: number): number {
  return spotCheck === 0 ? 0 : Math.max(spotCheck, 1 / (1 + verifiedAnswers));
}

/** Draws for every new lease of the grant whether it is checked. The worker has no way to tell. */
export function drawChecks(turn: DrawingTurn, inquiry: Inquiry): void {
  const { state, secret } = turn;
  const { grant, scrutiny } = inquiry;
  const { policy, verifiedAnswers } = state.trust;
  for (const id of grant.holders) {
    if (id <= scrutiny.drawnFor) continue;
    scrutiny.drawnFor = id;
    const worker = state.workers.get(state.leases.get(id)?.worker ?? -1);
    if (worker === undefined || worker.belief === 'believed') continue;
    // Who computes what goes to a gateway is known once it has answered.
    if (worker.crew !== null) continue;
    const probability =
      worker.belief === 'suspected'
        ? 1
        : checkProbability(policy.spotCheck, verifiedAnswers.get(worker.identity) ?? 0);
    if (chanceOf(secret, 'checked', id) < probability) askTrusted(turn, inquiry, null);
  }
}

/** The same for an answer that came by a gateway, whose giver is known by now. */
export function drawGuest({ state, secret, ...turn }: DrawingTurn, inquiry: Inquiry, voter: Voter): void {
  const { policy, verifiedAnswers } = state.trust;
  const probability = checkProbability(policy.spotCheck, verifiedAnswers.get(voter.identity) ?? 0);
  if (chanceOf(secret, 'checked', voter.lease) < probability) askTrusted({ state, ...turn }, inquiry, null);
}

/** Has the trusted worker compute the grant; `reason` is for people, null for a check that was drawn. */
export function askTrusted(
  { state, emit }: Turn<Trusting>,
  inquiry: Inquiry,
  reason: SecondLookFact | null,
): void {
  const { task, grant, scrutiny } = inquiry;
  if (scrutiny.check !== 'none') return;
  scrutiny.check = 'asked';
  const { trust, progress } = state;
  const check = trust.nextCheck;
  trust.nextCheck += 1;
  trust.checks.set(check, inquiry);
  const { version, globalStep: step } = progress;
  const { from, to } = grant;
  const { kind, set, leaves } = task;
  emit({ type: 'verify', check, task: kind, set, version, step, from, to, leaves });
  if (reason !== null) emit({ type: 'log', about: 'trust', level: 'info', facts: [reason] });
}
