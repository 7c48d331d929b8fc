/**
 * Writing down what may have to be taken back: who has vouched for answers that the coordinator did not compute itself,
 * and states of the run to go back to. The first is done in every run, since checking may begin later; states are kept
 * only where answers are checked and somebody but the coordinator's own workers has given some.
 */
import type { SetName } from './effects.ts';
import { markOfAnswer } from './ledger.ts';
import { isChecked, type RunState } from './state.ts';

/** These identities have given an answer that now goes into the task at hand. */
export function vouch(state: RunState, set: SetName, identities: readonly string[]): void {
  const { ledger } = state.trust;
  // The newest state with nothing of theirs in it.
  if (ledger.size === 0) keepState(state);
  ledger.vouch(identities, markOfAnswer(state.progress, set));
}

/** Keeps the state that the parameters are in, if answers are checked. Not to be called while a step is applied. */
export function keepState(state: RunState): void {
  const { policy, snapshots } = state.trust;
  if (!isChecked(policy)) return;
  const added = snapshots.add(state.progress);
  if (added !== null) state.emit({ type: 'keepSnapshot', progress: state.progress, ...added });
}
