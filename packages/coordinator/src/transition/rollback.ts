/**
 * Taking back what the convicted have answered. The run goes back to its newest state with nothing in it that only they
 * have vouched for, and computes what follows again without them.
 */
import { markOf } from './ledger.ts';
import { enterStage } from './progress.ts';
import type { Grant, RunState, Task } from './state.ts';
import { taskOf } from './task.ts';

/** @returns whether the task at hand was given up */
export function mend(
  state: RunState,
  closeGrant: (state: RunState, task: Task, grant: Grant) => void,
): boolean {
  const { trust } = state;
  if (trust.mended === trust.convicted.size) return false;
  trust.mended = trust.convicted.size;
  const suspect = trust.ledger.earliestSuspect(trust.convicted);
  if (suspect === null) return false;
  const task = taskOf(state);
  if (task !== null) abandon(state, task, closeGrant);
  trust.checks.clear();
  const now = markOf(state.progress);
  if (suspect > now) {
    trust.ledger.forgetAfter(now);
    const message = 'Nobody else has vouched for some answers to the work at hand: it is begun again.';
    state.emit({ type: 'log', about: 'trust', level: 'info', message });
  } else {
    const { to, dropped } = trust.snapshots.backBefore(suspect);
    trust.ledger.forgetAfter(to.mark);
    const steps = state.progress.globalStep - to.progress.globalStep;
    const { version } = state.progress;
    // Never an old number: nobody may take these parameters for others that they hold.
    state.progress = { ...to.progress, version: version + 1 };
    const back =
      to.progress.globalStep === 0 ? 'its beginning' : `the state after step ${to.progress.globalStep}`;
    const reason = `The run goes back to ${back} and computes ${steps} ${steps === 1 ? 'step' : 'steps'} again: only workers that were convicted had vouched for some of their answers.`;
    trust.norms.forget();
    state.emit({ type: 'rollBack', to: to.id, dropped, progress: state.progress, reason });
    state.emit({ type: 'log', about: 'trust', level: 'warn', message: reason });
  }
  enterStage(state, state.emit);
  return true;
}

function abandon(
  state: RunState,
  task: Task,
  closeGrant: (state: RunState, task: Task, grant: Grant) => void,
): void {
  for (const grant of [...task.grants]) {
    for (const candidates of grant.scrutiny?.candidates.values() ?? []) {
      for (const { sums } of candidates) {
        if (sums.tensor !== null) state.emit({ type: 'free', tensor: sums.tensor });
      }
    }
    closeGrant(state, task, grant);
  }
  for (const { value } of task.merger.entries()) {
    if (value.tensor === null) continue;
    const parts = task.groups?.partsOf(value.tensor, value.count) ?? [value];
    for (const { tensor } of parts) if (tensor !== null) state.emit({ type: 'free', tensor });
  }
}
