/**
 * How a run moves on when a tree of work is complete: from step to step, from epoch to validation, to early
 * stopping, to the test and the end. Invariants: a sample counts once per epoch, and what follows depends on
 * the progress and the sums alone.
 */
import {
  completionReason,
  divergenceReason,
  EMPTY_EPOCH,
  observeEpoch,
  stepsPerEpoch,
  type UpdateReport,
  unreachable,
} from '@shoal/core';
import type { Effect, EndRecord } from './effects.ts';
import { dropped, GradientGroups } from './groups.ts';
import { keepState } from './keeping.ts';
import { chooseReach } from './reach.ts';
import type { RunState, Sums, Task } from './state.ts';
import { newTask } from './task.ts';
import { countIdleSteps } from './trials.ts';
import { leavesOfTree, shapeOf } from './workload.ts';

type Emit = (effect: Effect) => void;

/** The stage that the progress calls for; the only place where a stage begins. */
export function enterStage(state: RunState, emit: Emit): void {
  const { facts, progress } = state;
  if (progress.ending === null && progress.epoch >= facts.spec.epochs) {
    state.progress = { ...progress, ending: completionReason(facts.spec) };
  }
  const ending = state.progress.ending;
  if (ending !== null) {
    restoreBest(state, emit);
    state.stage = { type: 'testing', task: evaluation(state, 'test'), reason: ending };
  } else if (progress.step < stepsPerEpoch(shapeOf(facts))) {
    const leaves = leavesOfTree(facts, 'train', progress.step);
    state.stage = {
      type: 'training',
      task: newTask({
        kind: 'gradient',
        set: 'train',
        leaves,
        groups: facts.spec.trust.trim > 0 ? new GradientGroups(leaves, facts.spec.microbatch) : null,
        emit: (effect) => state.emit(effect),
      }),
    };
  } else if (facts.counts.validation > 0) {
    state.stage = { type: 'validating', task: evaluation(state, 'validation') };
  } else {
    return finishEpoch(state, null, emit);
  }
  chooseReach(state, state.stage.task);
}

function evaluation(state: RunState, set: 'validation' | 'test'): Task {
  return newTask({
    kind: 'evaluate',
    set,
    leaves: leavesOfTree(state.facts, set, 0),
    groups: null,
    emit: (effect) => state.emit(effect),
  });
}

/** Moves on if the current task is complete. */
export function completeTask(state: RunState, emit: Emit): void {
  const stage = state.stage;
  if (!('task' in stage)) return;
  const sums = stage.task.merger.root;
  if (sums === null) return;
  switch (stage.type) {
    case 'training':
      beginUpdate(state, stage.task, sums, emit);
      break;
    case 'validating':
      finishEpoch(state, sums, emit);
      break;
    case 'testing':
      end(state, emit, 'finished', stage.reason, sums);
      break;
    default:
      unreachable(stage);
  }
}

function beginUpdate(state: RunState, task: Task, sums: Sums, emit: Emit): void {
  state.stage = { type: 'updating', sums };
  const { epoch, globalStep } = state.progress;
  if (sums.tensor === null) throw new Error('A complete step has no gradient.');
  if (task.groups !== null) {
    const groups = task.groups.partsOf(sums.tensor, sums.count);
    emit({ type: 'trim', groups, drop: dropped(state.facts.spec.trust.trim, groups.length) });
  }
  emit({ type: 'update', tensor: sums.tensor, count: sums.count, epoch, globalStep });
}

/** The driver has applied the optimizer. */
export function finishStep(state: RunState, report: UpdateReport, emit: Emit): void {
  if (state.stage.type !== 'updating')
    throw new Error(`An update arrived while the run was ${state.stage.type}.`);
  const { sums } = state.stage;
  if (!report.finite) {
    diverge(state, emit);
    return;
  }
  const { progress, facts } = state;
  const norms = report.layerNorms.map((one, i) => (progress.epochSums.layerNorms[i] ?? 0) + one.norm);
  state.progress = {
    ...progress,
    step: progress.step + 1,
    globalStep: progress.globalStep + 1,
    version: progress.version + 1,
    epochSums: {
      loss: progress.epochSums.loss + sums.loss,
      correct: progress.epochSums.correct + sums.correct,
      count: progress.epochSums.count + sums.count,
      layerNorms: norms,
    },
  };
  countIdleSteps(state);
  emit({
    type: 'stepDone',
    step: {
      epoch: progress.epoch + 1,
      step: progress.step + 1,
      globalStep: progress.globalStep + 1,
      loss: sums.loss / sums.count,
      samples: sums.count,
      learningRate: report.learningRate,
      gradientNorm: report.gradientNorm,
    },
  });
  if (state.progress.globalStep % facts.spec.checkpoint.everySteps === 0) checkpoint(state, false, emit);
  if (state.finishing !== null) return endTraining(state, state.finishing, emit);
  enterStage(state, emit);
}

/** No further step follows: only the test is left. What is done of an epoch stays in the parameters. */
export function endTraining(state: RunState, reason: string, emit: Emit): void {
  state.progress = { ...state.progress, ending: reason };
  emit({ type: 'checkpoint', best: false, progress: state.progress });
  enterStage(state, emit);
}

/** The sentence a run that left the finite numbers ends with. */
export function diverge(state: RunState, emit: Emit): void {
  const { epoch, globalStep } = state.progress;
  end(state, emit, 'diverged', divergenceReason(state.facts.spec, epoch, globalStep), null);
}

function finishEpoch(state: RunState, validation: Sums | null, emit: Emit): void {
  const { facts, progress } = state;
  const train = progress.epochSums;
  const steps = stepsPerEpoch(shapeOf(facts));
  const metrics = {
    epoch: progress.epoch + 1,
    trainLoss: train.loss / train.count,
    trainErrors: train.count - train.correct,
    validationLoss: validation === null ? null : validation.loss / validation.count,
    validationAccuracy: validation === null ? null : validation.correct / validation.count,
  };
  const stopping = facts.spec.earlyStopping;
  const seen =
    stopping === null || progress.earlyStopping === null
      ? null
      : observeEpoch(progress.earlyStopping, stopping, metrics);
  const trainAccuracy = train.correct / train.count;
  emit({
    type: 'epochDone',
    record: {
      epoch: metrics.epoch,
      trainLoss: metrics.trainLoss,
      trainAccuracy,
      trainErrors: metrics.trainErrors,
      validationLoss: metrics.validationLoss,
      validationAccuracy: metrics.validationAccuracy,
      improved: seen?.improved ?? false,
    },
    layerNorms: train.layerNorms.map((norm) => norm / steps),
  });
  const keep = seen?.improved === true && stopping?.restoreBest === true;
  if (keep) emit({ type: 'keepBest' });
  state.progress = {
    ...progress,
    epoch: progress.epoch + 1,
    step: 0,
    epochSums: EMPTY_EPOCH,
    earlyStopping: seen?.state ?? progress.earlyStopping,
    lastEpoch: {
      trainLoss: metrics.trainLoss,
      trainAccuracy,
      validationLoss: metrics.validationLoss,
      validationAccuracy: metrics.validationAccuracy,
    },
    ending: seen?.stop === true ? seen.reason : state.finishing,
  };
  checkpoint(state, keep, emit);
  enterStage(state, emit);
}

/** Writes the state down, and where answers are checked keeps it to go back to. */
function checkpoint(state: RunState, best: boolean, emit: Emit): void {
  emit({ type: 'checkpoint', best, progress: state.progress });
  // Before anybody but the coordinator's own workers has answered anything there is nothing to go back from.
  if (state.trust.ledger.size > 0) keepState(state);
}

/** The epoch whose parameters are delivered: the best one where early stopping restores it, else the last. */
export function deliveredEpoch(state: RunState): number {
  return bestEpochToRestore(state) ?? state.progress.epoch;
}

/** Null where the last parameters are delivered. */
function bestEpochToRestore({ facts, progress }: RunState): number | null {
  const best = progress.earlyStopping?.bestEpoch ?? 0;
  return facts.spec.earlyStopping?.restoreBest === true && best > 0 ? best : null;
}

function restoreBest(state: RunState, emit: Emit): void {
  const { progress } = state;
  // A run that was ended within an epoch has gone on from its best one even where that is the last whole one.
  const best = bestEpochToRestore(state);
  if (best === null || (best === progress.epoch && progress.step === 0)) return;
  emit({ type: 'restoreBest' });
  state.progress = { ...state.progress, version: state.progress.version + 1 };
}

/** Every way a run ends. Workers are told by the driver once the result is written. */
export function end(
  state: RunState,
  emit: Emit,
  how: EndRecord['state'],
  reason: string,
  test: Sums | null,
): void {
  state.stage = { type: 'ended' };
  emit({
    type: 'end',
    end: {
      state: how,
      reason,
      epochs: state.progress.epoch,
      steps: state.progress.globalStep,
      bestEpoch: deliveredEpoch(state),
      testLoss: test === null ? null : test.loss / test.count,
      testAccuracy: test === null ? null : test.correct / test.count,
    },
  });
}
