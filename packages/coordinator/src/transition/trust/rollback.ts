/**
 * Taking back what the convicted have answered. The run goes back to its newest state with nothing in it that only they
 * have vouched for, and computes what follows again without them.
 */
import { heldAnswers } from '@shoal/core';
import { earliestSuspect, forgetAfter, markOf } from '../history/ledger.ts';
import { backBefore } from '../history/snapshots.ts';
import { taskOf } from '../model/core.ts';
import type { Task } from '../model/task.ts';
import { free, type Turn } from '../model/turn.ts';
import { closeGrant } from '../placement/leases.ts';
import { enterStage } from '../progress/progress.ts';
import type { Trusting } from './trustState.ts';

/** @returns whether the task at hand was given up */
export function mend(turn: Turn<Trusting>): boolean {
  const { state, emit } = turn;
  const { trust } = state;
  if (trust.mended === trust.convicted.size) return false;
  trust.mended = trust.convicted.size;
  const suspect = earliestSuspect(trust.ledger, trust.convicted);
  if (suspect === null) return false;
  const task = taskOf(state);
  if (task !== null) abandon(turn, task);
  trust.checks.clear();
  const now = markOf(state.progress);
  if (suspect > now) {
    forgetAfter(trust.ledger, now);
    emit({ type: 'log', about: 'trust', level: 'info', facts: [{ type: 'taskBegunAgain' }] });
  } else {
    const { to, dropped } = backBefore(trust.snapshots, suspect);
    forgetAfter(trust.ledger, to.mark);
    const steps = state.progress.globalStep - to.progress.globalStep;
    const { version } = state.progress;
    // Never an old number: nobody may take these parameters for others that they hold.
    state.progress = { ...to.progress, version: version + 1 };
    const reason = { type: 'wentBack', step: to.progress.globalStep, steps } as const;
    // Where other lengths may be usual.
    trust.norms.clear();
    // Steps are counted from another one now; whoever wants one more asks again.
    state.pace.until = null;
    emit({ type: 'rollBack', to: to.id, dropped, progress: state.progress, reason });
    emit({ type: 'log', about: 'trust', level: 'warn', facts: [reason] });
  }
  enterStage(turn);
  return true;
}

function abandon(turn: Turn<Trusting>, task: Task): void {
  for (const grant of [...task.grants]) {
    for (const candidates of grant.scrutiny?.candidates.values() ?? []) {
      for (const { sums } of candidates) free(turn, sums.vector);
    }
    closeGrant(turn, task, grant);
  }
  for (const { vector } of heldAnswers(task.reduction)) free(turn, vector);
}
