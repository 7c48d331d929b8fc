/**
 * What the operator may ask of a run while it goes: to pause and go on, to end it with the best it has, and to rest or
 * dismiss a worker. None of it changes what a step computes, only whether and by whom.
 */
import type { WorkerMode } from '@shoal/core';
import { taskOf } from './model/core.ts';
import type { WorkerId } from './model/ids.ts';
import type { Task } from './model/task.ts';
import { recount } from './placement/load.ts';
import { chooseReach } from './placement/reach.ts';
import { endTraining } from './progress/progress.ts';
import type { RunState } from './state.ts';

/** Nothing more is granted. Leases in flight are waited for as ever: they are as late, or not, as without a pause. */
export function pauseRun(state: RunState, reason: string): void {
  if (state.paused !== null) return;
  state.paused = reason;
  const inFlight = state.leases.size;
  const still =
    inFlight === 0 ? '' : ` ${inFlight === 1 ? 'One lease' : `${inFlight} leases`} in flight still count.`;
  say(state, `${reason} Nothing is granted until it goes on.${still}`);
}

export function resumeRun(state: RunState, reason: string): void {
  if (state.paused === null) return;
  state.paused = null;
  say(state, reason);
}

/**
 * A step that has been begun is brought to its end; one of which nothing has been granted yet is not begun. A pause
 * ends, since the step at hand and the test need the workers.
 */
export function finishRun(state: RunState, reason: string): void {
  if (state.finishing !== null || state.progress.ending !== null) return;
  if (state.paused !== null) resumeRun(state, 'The run goes on, so that it can be brought to its end.');
  state.finishing = reason;
  const { stage } = state;
  if (stage.type === 'training' && isUntouched(stage.task)) {
    say(state, reason);
    return endTraining(state, reason, state.emit);
  }
  say(
    state,
    `${reason} ${stage.type === 'validating' ? 'The validation' : 'The step'} at hand is brought to its end.`,
  );
}

function isUntouched(task: Task): boolean {
  const [first] = task.open;
  return task.grants.size === 0 && first?.from === 0 && first.to === task.leaves;
}

/** A resting worker keeps what it holds and is granted nothing more; a draining one goes once it holds nothing. */
export function setMode(state: RunState, id: WorkerId, mode: WorkerMode): void {
  const worker = state.workers.get(id);
  if (worker === undefined || worker.mode === mode) return;
  worker.mode = mode;
  if (mode === 'draining') state.draining.add(id);
  else state.draining.delete(id);
  recount(state, worker);
  const task = taskOf(state);
  if (task !== null) chooseReach(state, task);
  const sentences: Readonly<Record<WorkerMode, string>> = {
    working: `${worker.name} is granted leases again.`,
    paused: `${worker.name} is paused: it is granted nothing more; what it holds still counts.`,
    draining: `${worker.name} finishes what it holds and then goes.`,
  };
  say(state, sentences[mode]);
}

function say(state: RunState, message: string): void {
  state.emit({ type: 'log', level: 'info', message, about: 'control' });
}
