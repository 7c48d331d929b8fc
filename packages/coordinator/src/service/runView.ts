/** The current run as a page sees it. */
import {
  type RunStateFact,
  type RunStateName,
  type RunView,
  sentences,
  totalSteps,
  withoutTrust,
} from '@shoal/core';
import type { ActiveRun } from '../run/activeRun.ts';
import type { EndRecord } from '../transition/model/effects.ts';
import { shapeOf, stepsAtHand } from '../transition/task/workload.ts';

export function runView(run: ActiveRun): RunView {
  const { record, prepared, state, result, ended, totals } = run;
  const { progress, facts } = state;
  const { stepsPerSecond } = state.pace;
  const shape = shapeOf(facts);
  const left = ended === null ? Math.max(0, totalSteps(shape) - progress.globalStep) : 0;
  const { samplesPerSecond, remainingSeconds } = run.outlook(left);
  const { state: name, facts: why } = stateOf(run);
  return {
    runId: record.runId,
    spec: withoutTrust(record.spec),
    specSha256: run.specSha256,
    trust: run.trust,
    dataSet: record.dataSet,
    parameters: prepared.model.trainableLength,
    vectorLength: prepared.model.vectorLength,
    stepsPerEpoch: stepsAtHand(facts, progress.epoch),
    stepsInAll: totalSteps(shape),
    state: name,
    reason: sentences(why, 'en'),
    facts: why,
    pace: stepsPerSecond,
    epoch: progress.epoch,
    step: progress.step,
    globalStep: progress.globalStep,
    elapsedSeconds: result?.seconds ?? totals.seconds,
    remainingSeconds: ended === null ? atPace(remainingSeconds, left, stepsPerSecond) : 0,
    samplesPerSecond: ended === null ? samplesPerSecond : totals.samplesPerSecond,
    workers: run.workers.people,
    earlyStopping: earlyStoppingView(run),
    result,
  };
}

/** What is measured is how long steps take, not how long they are held back. */
function atPace(
  remainingSeconds: number | null,
  steps: number,
  stepsPerSecond: number | null,
): number | null {
  if (remainingSeconds === null || stepsPerSecond === null) return remainingSeconds;
  return Math.max(remainingSeconds, steps / stepsPerSecond);
}

type Why = { readonly state: RunStateName; readonly facts: readonly RunStateFact[] };

function stateOf(run: ActiveRun): Why {
  const { ended, state } = run;
  if (ended !== null) return { state: ended.state, facts: whyEnded(run, ended) };
  if (state.paused !== null) return { state: 'paused', facts: [state.paused] };
  if (run.workers.isEmpty) return { state: 'waiting', facts: [{ type: 'noWorkerThere' }] };
  const { progress, facts, stage } = state;
  const { epochs } = facts.spec;
  const epoch = Math.min(progress.epoch + 1, epochs);
  switch (stage.type) {
    case 'validating':
      return { state: 'validating', facts: [{ type: 'validatesEpoch', epoch, epochs }] };
    case 'testing':
      return { state: 'testing', facts: [{ type: 'testsModel', because: stage.reason }] };
    default: {
      const why: RunStateFact =
        state.finishing === null ? { type: 'trainsEpoch', epoch, epochs } : state.finishing;
      return { state: 'training', facts: [why] };
    }
  }
}

/** The result follows when it is written. */
function whyEnded({ result }: ActiveRun, ended: EndRecord): readonly RunStateFact[] {
  return result?.facts ?? [ended.reason];
}

function earlyStoppingView({ state, ended }: ActiveRun): RunView['earlyStopping'] {
  const { progress, facts } = state;
  const { earlyStopping: seen } = progress;
  const stopping = facts.spec.earlyStopping;
  if (stopping === null || seen === null) return null;
  const stopped = progress.ending !== null && progress.epoch < facts.spec.epochs && state.finishing === null;
  const patienceLeft = Math.max(0, stopping.patience - seen.epochsWithoutImprovement);
  return {
    bestEpoch: seen.bestEpoch,
    patienceLeft: stopped ? 0 : patienceLeft,
    stoppedAfter: stopped && (ended === null || ended.state === 'finished') ? progress.epoch : null,
  };
}
