/**
 * What the operator may ask of a run while it goes: to pause and go on, slowly or step by step, to end it with the best it
 * has, and to rest or dismiss a worker. None of it changes what a step computes, only whether and by whom.
 */
import type { Fact, FactOf, PauseFact, ResumeFact, WorkerMode } from '@shoal/core';
import { taskOf } from './model/core.ts';
import type { WorkerId } from './model/ids.ts';
import type { Turn } from './model/turn.ts';
import { changeWorker } from './placement/load.ts';
import { chooseReach } from './placement/reach.ts';
import { endTraining } from './progress/progress.ts';
import type { RunState } from './state.ts';
import { isUntouched } from './task/task.ts';

const UNCERTAIN = { type: 'leadUncertain' } as const satisfies PauseFact;

/** Nothing more is granted. Leases in flight are waited for as ever: they are as late, or not, as without a pause. */
export function pauseRun(turn: Turn<RunState>, because: PauseFact): void {
  const { state } = turn;
  if (state.paused?.type === 'operatorPaused') return;
  state.paused = because;
  state.pace.until = null;
  say(turn, { type: 'runPaused', because, leases: state.leases.size });
}

export function resumeRun(turn: Turn<RunState>, reason: ResumeFact): void {
  const { state } = turn;
  if (state.paused?.type !== 'operatorPaused') return;
  state.paused = state.held ? UNCERTAIN : null;
  state.pace.until = null;
  // The time of the pause is made up for by no step.
  state.pace.begunAt = Number.NEGATIVE_INFINITY;
  say(turn, reason);
}

/** Paused as it is, or from then on, the run does one step more than it was asked for, with the validation after it. */
export function takeStep(turn: Turn<RunState>, reason: FactOf<'operatorSteps'>): void {
  const { state } = turn;
  const { globalStep, ending } = state.progress;
  if (ending !== null || state.finishing !== null) return;
  const from = state.paused?.type === 'operatorPaused' ? (state.pace.until ?? globalStep) : globalStep;
  state.paused = { type: 'operatorPaused' };
  state.pace.until = Math.max(from, globalStep) + 1;
  say(turn, reason);
}

/** Counts from when the last step began: one that waits may be due at once. */
export function changePace(turn: Turn<RunState>, stepsPerSecond: number | null): void {
  const { pace } = turn.state;
  if (pace.stepsPerSecond === stepsPerSecond) return;
  pace.stepsPerSecond = stepsPerSecond;
  say(turn, { type: 'paceChanged', stepsPerSecond });
}

/**
 * As long as nobody can say whether another coordinator leads, what this one grants might be granted twice. What the operator
 * has asked for stays as it is beside it.
 */
export function holdRun(turn: Turn<RunState>, held: boolean): void {
  const { state } = turn;
  if (state.held === held) return;
  state.held = held;
  if (state.paused?.type === 'operatorPaused') return;
  if (held) return pauseRun(turn, UNCERTAIN);
  state.paused = null;
  say(turn, { type: 'leadCertain' });
}

/**
 * A step that has been begun is brought to its end; one of which nothing has been granted yet is not begun. A pause
 * ends, since the step at hand and the test need the workers.
 */
export function finishRun(turn: Turn<RunState>, because: FactOf<'operatorFinished'>): void {
  const { state } = turn;
  if (state.finishing !== null || state.progress.ending !== null) return;
  if (state.paused?.type === 'operatorPaused') resumeRun(turn, { type: 'resumedToEnd' });
  state.finishing = because;
  const { stage } = state;
  if (stage.type === 'training' && isUntouched(stage.task)) {
    say(turn, because);
    return endTraining(turn, because);
  }
  const after = stage.type === 'validating' ? 'validation' : 'step';
  say(turn, { type: 'runFinishing', because, after });
}

/** A resting worker keeps what it holds and is granted nothing more; a draining one goes once it holds nothing. */
export function setMode(turn: Turn<RunState>, id: WorkerId, mode: WorkerMode): void {
  const { state } = turn;
  const worker = state.workers.get(id);
  if (worker === undefined || worker.mode === mode) return;
  changeWorker(state, worker, { mode });
  if (mode === 'draining') state.draining.add(id);
  else state.draining.delete(id);
  const task = taskOf(state);
  if (task !== null) chooseReach(state, task);
  say(turn, { type: NOW[mode], name: worker.name });
}

const NOW = {
  working: 'workerContinues',
  paused: 'workerPaused',
  draining: 'workerDrains',
} as const satisfies Readonly<Record<WorkerMode, Fact['type']>>;

function say({ emit }: Turn<RunState>, fact: Fact): void {
  emit({ type: 'log', level: 'info', facts: [fact], about: 'control' });
}
