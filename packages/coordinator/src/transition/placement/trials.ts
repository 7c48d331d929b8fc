/**
 * Workers that get no work are tried from time to time, so that a wrong or outdated measurement starves no one: with a
 * copy of somebody else's lease, for which nobody waits. What comes of it is measured, and if it comes first, counts.
 */
import type { Grant, Task } from '../model/task.ts';
import type { Turn } from '../model/turn.ts';
import { isThere, takesWork, type WorkerState } from '../model/worker.ts';
import { copyLease } from './leases.ts';
import type { Placed } from './placed.ts';

/** For so many leases of a step, and once more, one worker is tried at most. */
const GRANTS_PER_TRIAL = 64;

/** Called once a step, when all of it has been granted. */
export function giveTrials(turn: Turn<Placed>, task: Task): void {
  task.tried = true;
  const grant = task.kind === 'gradient' ? smallestGrant(task) : null;
  if (grant === null) return;
  const { state } = turn;
  const trialsMax = 1 + Math.floor(task.grants.size / GRANTS_PER_TRIAL);
  let trials = 0;
  for (const worker of state.workers.values()) {
    if (trials >= trialsMax || state.leases.size >= state.leasesOpenMax) break;
    if (!isDue(worker)) continue;
    worker.idleSteps = 0;
    worker.trialAfter = Math.min(2 * worker.trialAfter, state.facts.limits.trialAfterStepsMax);
    copyLease(turn, task, worker, { grant, trial: true });
    trials += 1;
  }
}

function isDue(worker: WorkerState): boolean {
  return isThere(worker) && worker.held.length === 0 && worker.idleSteps >= worker.trialAfter;
}

function smallestGrant(task: Task): Grant | null {
  let smallest: Grant | null = null;
  for (const grant of task.grants) {
    if (smallest === null || grant.to - grant.from < smallest.to - smallest.from) smallest = grant;
  }
  return smallest;
}

/** Called after every step. */
export function countIdleSteps(state: Pick<Placed, 'facts' | 'workers'>): void {
  for (const worker of state.workers.values()) {
    if (worker.workedInStep) {
      worker.idleSteps = 0;
      worker.trialAfter = state.facts.limits.trialAfterSteps;
    } else if (takesWork(worker) && worker.held.length === 0) {
      worker.idleSteps += 1;
    }
    worker.workedInStep = false;
  }
}
