/** What follows for a worker from an answer that was computed a second time: one more verified answer if it was right, or the end. */
import type { FactOf } from '@shoal/core';
import type { Evidence } from '../model/effects.ts';
import type { Voter } from '../model/scrutiny.ts';
import type { Turn } from '../model/turn.ts';
import { expel } from '../placement/departure.ts';
import type { Inquiry, Trusting } from './trustState.ts';

/** The trusted worker has given the same answer. */
export function confirm({ state, emit }: Turn<Trusting>, voter: Voter): void {
  const { verifiedAnswers } = state.trust;
  if (voter.via !== null) broughtBy(state, voter.via).right.add(placeOf(voter));
  const worker = state.workers.get(voter.worker);
  if (worker !== undefined) worker.checked += 1;
  const verified = (verifiedAnswers.get(voter.identity) ?? 0) + 1;
  verifiedAnswers.set(voter.identity, verified);
  emit({ type: 'verifiedAnswers', identity: voter.identity, verified });
}

/** All that a worker is told: which of its answers were checked is nobody's business but the operator's. */
export const CONVICTED: FactOf<'answerWrong'> = { type: 'answerWrong' };

/** At so many addresses behind a gateway somebody has to have been wrong before it is thought to be the one that lies, … */
const LIARS_MIN = 3;

/**
 * … and at more than where all were right. A gateway can say what it likes in a guest's name, and is not to be thought a liar for
 * a few, nor for one who comes again and again.
 */
function isLying({ right, wrong }: ReturnType<typeof broughtBy>): boolean {
  const sound = [...right].filter((place) => !wrong.has(place)).length;
  return wrong.size >= LIARS_MIN && wrong.size > sound;
}

function broughtBy({ trust }: Pick<Trusting, 'trust'>, gateway: string) {
  const known = trust.broughtBy.get(gateway) ?? { right: new Set<string>(), wrong: new Set<string>() };
  trust.broughtBy.set(gateway, known);
  return known;
}

/** Its identity takes no further part. What it has answered is for `rollback.ts`. */
/** The evidence, and by which way the answer came. */
export type Charge = Evidence & Pick<Voter, 'via' | 'origin'>;

const placeOf = ({ identity, origin }: Pick<Voter, 'identity' | 'origin'>): string => origin ?? identity;

export function convict(turn: Turn<Trusting>, { via, origin, ...evidence }: Charge): void {
  const { state, emit } = turn;
  const { trust } = state;
  const { identity, name, from, to, globalStep } = evidence;
  if (trust.convicted.has(identity)) return;
  trust.convicted.add(identity);
  trust.verifiedAnswers.delete(identity);
  emit({ type: 'convicted', evidence });
  const facts = [{ type: 'convicted', name, step: globalStep + 1, from, to } as const];
  emit({ type: 'log', about: 'trust', level: 'warn', facts });
  state.contributed.delete(identity);
  for (const worker of [...state.workers.values()]) {
    if (worker.identity === identity) expel(turn, worker, 'convicted', CONVICTED);
  }
  if (via === null || via === identity) return;
  const brought = broughtBy(state, via);
  brought.wrong.add(placeOf({ identity, origin }));
  if (!isLying(brought)) return;
  const gateway = [...state.workers.values()].find((worker) => worker.identity === via);
  convict(turn, { ...evidence, identity: via, name: gateway?.name ?? via, via: null, origin: null });
}

export function evidenceOf(
  { progress }: Pick<Trusting, 'progress'>,
  { task, grant }: Inquiry,
  answer: Pick<Evidence, 'node' | 'given' | 'expected'> & { readonly voter: Voter },
): Charge {
  const { epoch, step, globalStep, version } = progress;
  const { node, voter, given, expected } = answer;
  const { identity, name, lease, via, origin } = voter;
  const { from, to } = grant;
  return {
    ...{ identity, name, lease, node, set: task.set, from, to, leaves: task.leaves },
    ...{ epoch, step, globalStep, version, given, expected, via, origin },
  };
}
