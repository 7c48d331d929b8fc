/**
 * Writing down what may have to be taken back: who has vouched for answers that the coordinator did not compute itself,
 * and states of the run to go back to. The first is done in every run, since checking may begin later; states are kept
 * only where answers are checked and somebody but the coordinator's own workers has given some.
 */

import { isChecked, type TrustPolicy } from '../model/belief.ts';
import type { RunCore } from '../model/core.ts';
import type { SetName } from '../model/ids.ts';
import type { Turn } from '../model/turn.ts';
import { addVouchers, type Ledger, markOfAnswer } from './ledger.ts';
import { addSnapshot, type Snapshots } from './snapshots.ts';

/** What is written down for it. */
export type Kept = Pick<RunCore, 'progress'> & {
  readonly trust: { readonly policy: TrustPolicy; readonly ledger: Ledger; readonly snapshots: Snapshots };
};

/** These identities have given an answer that now goes into the task at hand. */
export function vouch(turn: Turn<Kept>, set: SetName, identities: readonly string[]): void {
  const { state } = turn;
  const { ledger } = state.trust;
  // The newest state with nothing of theirs in it.
  if (ledger.size === 0) keepState(turn);
  addVouchers(ledger, identities, markOfAnswer(state.progress, set));
}

/** Keeps the state that the parameters are in, if answers are checked. Not to be called while a step is applied. */
export function keepState({ state, emit }: Turn<Kept>): void {
  const { policy, snapshots } = state.trust;
  if (!isChecked(policy)) return;
  const added = addSnapshot(snapshots, state.progress);
  if (added !== null) emit({ type: 'keepSnapshot', progress: state.progress, ...added });
}
