/**
 * Who has vouched for what is in the parameters and nobody has recomputed: sets of identities, each with the earliest
 * state of the run that an answer of theirs went into. A set is suspect once all in it are convicted; as long as one
 * is not, somebody who never was found wrong has given the same answer.
 */
import type { RunProgress, Vouchers } from '@shoal/core';
import type { SetName } from '../model/ids.ts';

/** Sets kept apart. Beyond, answers are booked under the empty set, which any conviction makes suspect. */
const SETS_MAX = 4096;

/** The order of a run's states. A state has the answers of every lower mark in it. */
export function markOf({ globalStep, step, epoch }: RunProgress): number {
  return 2 * globalStep + (step === 0 && epoch > 0 ? 1 : 0);
}

/** The first state that an answer given now, to a lease of this set, goes into. */
export function markOfAnswer(progress: RunProgress, set: SetName): number {
  return 2 * progress.globalStep + (set === 'validation' ? 1 : 2);
}

/** By the identities of the set, sorted and joined. */
export type Ledger = Map<string, { readonly identities: readonly string[]; readonly mark: number }>;

export function newLedger(record: Vouchers): Ledger {
  const ledger: Ledger = new Map();
  for (const [identities, mark] of record) addVouchers(ledger, identities, mark);
  return ledger;
}

/** These identities have vouched for something that first went into the state `mark`. */
export function addVouchers(ledger: Ledger, identities: readonly string[], mark: number): void {
  let kept = [...new Set(identities)].sort();
  if (!ledger.has(kept.join(' ')) && ledger.size >= SETS_MAX) kept = [];
  const key = kept.join(' ');
  const known = ledger.get(key);
  if (known === undefined || mark < known.mark) ledger.set(key, { identities: kept, mark });
}

/** The earliest state with an answer that none but the convicted have given; null when there is none. */
export function earliestSuspect(ledger: Ledger, convicted: ReadonlySet<string>): number | null {
  let earliest: number | null = null;
  if (convicted.size === 0) return earliest;
  for (const { identities, mark } of ledger.values()) {
    if (earliest !== null && mark >= earliest) continue;
    if (identities.every((one) => convicted.has(one))) earliest = mark;
  }
  return earliest;
}

/** The run is back in the state `mark`: what was answered after it is forgotten. */
export function forgetAfter(ledger: Ledger, mark: number): void {
  for (const [key, set] of ledger) if (set.mark > mark) ledger.delete(key);
}

/** As checkpoints carry it. */
export function vouchersOf(ledger: Ledger): Vouchers {
  return [...ledger.values()].map(({ identities, mark }) => [identities, mark] as const);
}
