/**
 * How a run moves on when a tree of work is complete: from step to step, from epoch to validation, to early
 * stopping, to the test and the end. Invariants: a sample counts once per epoch, and what follows depends on
 * the progress and the sums alone.
 */
import {
  type Answer,
  addStep,
  completion,
  divergence,
  EMPTY_EPOCH,
  epochMeans,
  type FactOf,
  observeEpoch,
  partsOf,
  type RunEndFact,
  rootOf,
  type Sums,
  type UpdateReport,
  unreachable,
} from '@shoal/core';
import { keepState } from '../history/keeping.ts';
import type { EndRecord, Group } from '../model/effects.ts';
import type { TensorId } from '../model/ids.ts';
import type { Task } from '../model/task.ts';
import type { Turn } from '../model/turn.ts';
import { chooseReach } from '../placement/reach.ts';
import { countIdleSteps } from '../placement/trials.ts';
import { dropped, groupsOf, totalOf } from '../task/groups.ts';
import { newTask } from '../task/task.ts';
import { leafWorkOf, leavesOfTree, stepsAtHand, weightOf } from '../task/workload.ts';
import type { Progressing } from './progressing.ts';

/** The stage that the progress calls for; the only place where a stage begins. */
export function enterStage(turn: Turn<Progressing>): void {
  const { state } = turn;
  const { facts, progress } = state;
  if (progress.ending === null && progress.epoch >= facts.spec.epochs) {
    state.progress = { ...progress, ending: completion(facts.spec) };
  }
  const ending = state.progress.ending;
  if (ending !== null) {
    restoreBest(turn);
    state.stage = { type: 'testing', task: evaluation(state, 'test'), reason: ending };
  } else if (progress.step < stepsAtHand(facts, progress.epoch)) {
    const leaves = leavesOfTree(facts, 'train', progress.globalStep);
    state.stage = {
      type: 'training',
      task: newTask({
        kind: 'gradient',
        set: 'train',
        leaves,
        leafWork: leafWorkOf(facts, 'gradient', progress.globalStep),
        inParts: facts.spec.trust.trim > 0,
      }),
    };
  } else if (facts.counts.validation > 0) {
    state.stage = { type: 'validating', task: evaluation(state, 'validation') };
  } else {
    return finishEpoch(turn, null);
  }
  chooseReach(state, state.stage.task);
}

function evaluation(state: Progressing, set: 'validation' | 'test'): Task {
  return newTask({
    kind: 'evaluate',
    set,
    leaves: leavesOfTree(state.facts, set, 0),
    leafWork: leafWorkOf(state.facts, 'evaluate', 0),
    inParts: false,
  });
}

/** Moves on if the current task is complete. */
export function completeTask(turn: Turn<Progressing>): void {
  const { stage } = turn.state;
  if (stage.type === 'training') {
    const parts = partsOf(stage.task.reduction);
    if (parts !== null) beginUpdate(turn, stage.task, parts);
    return;
  }
  if (!('task' in stage)) return;
  const sums = rootOf(stage.task.reduction);
  if (sums === null) return;
  switch (stage.type) {
    case 'validating':
      finishEpoch(turn, sums);
      break;
    case 'testing':
      end(turn, 'finished', stage.reason, sums);
      break;
    case 'relaying':
      // A gateway passes on what is complete and has nothing to move on to.
      break;
    default:
      unreachable(stage);
  }
}

/** @param parts of the step, left to right: one where its gradient is summed to one */
function beginUpdate(
  { state, emit }: Turn<Progressing>,
  task: Task,
  parts: readonly Answer<TensorId>[],
): void {
  const sums = totalOf(parts, task.leaves);
  state.stage = { type: 'updating', sums };
  const { epoch, globalStep } = state.progress;
  const groups = groupsOf(parts, (part) => weightOf(state.facts, task.leaves, part));
  const { trim } = state.facts.spec.trust;
  if (trim > 0) emit({ type: 'trim', groups, drop: dropped(trim, groups.length) });
  const [{ tensor }] = groups as [Group, ...Group[]];
  emit({ type: 'update', tensor, count: sums.count, epoch, globalStep });
}

/** The driver has applied the optimizer. */
export function finishStep(turn: Turn<Progressing>, report: UpdateReport): void {
  const { state, emit } = turn;
  if (state.stage.type !== 'updating')
    throw new Error(`An update arrived while the run was ${state.stage.type}.`);
  const { sums } = state.stage;
  if (!report.finite) {
    diverge(turn);
    return;
  }
  const { progress, facts } = state;
  state.progress = {
    ...progress,
    step: progress.step + 1,
    globalStep: progress.globalStep + 1,
    version: progress.version + 1,
    epochSums: addStep(progress.epochSums, sums, report),
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
  if (state.progress.globalStep % facts.spec.checkpoint.everySteps === 0) checkpoint(turn, false);
  if (state.finishing !== null) return endTraining(turn, state.finishing);
  enterStage(turn);
}

/** No further step follows: only the test is left. What is done of an epoch stays in the parameters. */
export function endTraining(turn: Turn<Progressing>, reason: FactOf<'operatorFinished'>): void {
  const { state, emit } = turn;
  state.progress = { ...state.progress, ending: reason };
  emit({ type: 'checkpoint', best: false, progress: state.progress });
  enterStage(turn);
}

/** A run that left the finite numbers ends. */
export function diverge(turn: Turn<Progressing>): void {
  const { facts, progress } = turn.state;
  const { epoch, globalStep } = progress;
  end(turn, 'diverged', divergence(facts.spec, epoch, globalStep), null);
}

function finishEpoch(turn: Turn<Progressing>, validation: Sums<unknown> | null): void {
  const { state, emit } = turn;
  const { facts, progress } = state;
  const held =
    validation === null
      ? null
      : {
          loss: validation.loss / validation.count,
          accuracy: validation.correct / validation.count,
          samples: validation.count,
        };
  const means = epochMeans(progress.epochSums, progress.step, held);
  const { layerNorms, ...metrics } = { epoch: progress.epoch + 1, ...means };
  const stopping = facts.spec.earlyStopping;
  const seen =
    stopping === null || progress.earlyStopping === null
      ? null
      : observeEpoch(progress.earlyStopping, stopping, metrics);
  emit({ type: 'epochDone', record: { ...metrics, improved: seen?.improved ?? false }, layerNorms });
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
      trainAccuracy: metrics.trainAccuracy,
      validationLoss: metrics.validationLoss,
      validationAccuracy: metrics.validationAccuracy,
    },
    ending: seen?.stop === true ? seen.reason : state.finishing,
  };
  checkpoint(turn, keep);
  enterStage(turn);
}

/** Writes the state down, and where answers are checked keeps it to go back to. */
function checkpoint(turn: Turn<Progressing>, best: boolean): void {
  const { state, emit } = turn;
  emit({ type: 'checkpoint', best, progress: state.progress });
  // Before anybody but the coordinator's own workers has answered anything there is nothing to go back from.
  if (state.trust.ledger.size > 0) keepState(turn);
}

/** The epoch whose parameters are delivered: the best one where early stopping restores it, else the last. */
export function deliveredEpoch(state: Progressing): number {
  return bestEpochToRestore(state) ?? state.progress.epoch;
}

/** Null where the last parameters are delivered. */
function bestEpochToRestore({ facts, progress }: Progressing): number | null {
  const best = progress.earlyStopping?.bestEpoch ?? 0;
  return facts.spec.earlyStopping?.restoreBest === true && best > 0 ? best : null;
}

function restoreBest({ state, emit }: Turn<Progressing>): void {
  const { progress } = state;
  // A run that was ended within an epoch has gone on from its best one even where that is the last whole one.
  const best = bestEpochToRestore(state);
  if (best === null || (best === progress.epoch && progress.step === 0)) return;
  emit({ type: 'restoreBest' });
  state.progress = { ...state.progress, version: state.progress.version + 1 };
}

/** Every way a run ends. Workers are told by the driver once the result is written. */
export function end(
  { state, emit }: Turn<Progressing>,
  how: EndRecord['state'],
  reason: RunEndFact,
  test: Sums<unknown> | null,
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
      // A predicted number is neither right nor wrong.
      testAccuracy:
        test === null || state.facts.spec.model.loss === 'squared_error' ? null : test.correct / test.count,
    },
  });
}
