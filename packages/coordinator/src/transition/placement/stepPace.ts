/**
 * Slow motion: no step begins before its time, and a run that is paused does single steps as they are asked for. A step
 * that has begun goes at full speed, and validation and test are not held back, so that nobody is late for it.
 */
import type { Task } from '../model/task.ts';
import type { Moment } from '../model/turn.ts';
import { isUntouched } from '../task/task.ts';
import type { Placed } from './placed.ts';

type Paced = Pick<Placed, 'pace' | 'paused' | 'held' | 'stage' | 'progress'>;

/** Whether nothing is to be granted for now because the operator, or doubt about who leads, wants it so. */
export function isAtRest({ state, now }: Moment<Paced>): boolean {
  if (state.paused !== null) return !isAskedFor(state);
  const { stage, pace } = state;
  return stage.type === 'training' && isUntouched(stage.task) && now < dueAt(pace);
}

/** A step that was asked for takes the validation after it along, and the test where it is the last. */
function isAskedFor({ pace, held, stage, progress }: Paced): boolean {
  if (held || pace.until === null) return false;
  return stage.type === 'training' ? progress.globalStep < pace.until : progress.globalStep <= pace.until;
}

/** To be called before a lease is taken out of the task. */
export function noteBegin({ state, now }: Moment<Paced>, task: Task): void {
  if (task.kind !== 'gradient' || !isUntouched(task)) return;
  const { pace } = state;
  const due = dueAt(pace);
  // Beats are counted from when they were due, so that their mean is right however coarse the clock is.
  pace.begunAt = now - due < intervalOf(pace) ? due : now;
}

const intervalOf = ({ stepsPerSecond }: Paced['pace']): number =>
  stepsPerSecond === null ? 0 : 1_000 / stepsPerSecond;

const dueAt = (pace: Paced['pace']): number => pace.begunAt + intervalOf(pace);
