/** Which of the states that were written down a resumed run may go on from, or go back to. */
import type { RunProgress, Vouchers } from '@shoal/core';
import { Ledger, markOf } from '../../transition/history/ledger.ts';
import { SNAPSHOTS_MAX } from '../../transition/history/snapshots.ts';

/** Only the convicted have vouched for some answer in it. */
export function isTainted(state: { readonly vouchers: Vouchers }, convicted: readonly string[]): boolean {
  return new Ledger(state.vouchers).earliestSuspect(new Set(convicted)) !== null;
}

/**
 * Those that the run may be taken back to from `progress`. Of the others, some are of a course that the run took and
 * gave up, and their files are to be removed.
 */
export function usableHistory<T extends { readonly progress: RunProgress; readonly vouchers: Vouchers }>(
  states: readonly T[],
  progress: RunProgress,
  convicted: readonly string[],
): T[] {
  const usable = states.filter(
    (one) => markOf(one.progress) <= markOf(progress) && !isTainted(one, convicted),
  );
  return usable.slice(0, SNAPSHOTS_MAX - 1);
}
