/** The current run as a page sees it. */
import { type RunStateName, type RunView, stepsPerEpoch, totalSteps, withoutTrust } from '@shoal/core';
import type { ActiveRun } from '../run/activeRun.ts';
import { shapeOf } from '../transition/task/workload.ts';

export function runView(run: ActiveRun): RunView {
  const { record, prepared, state, result, ended, totals } = run;
  const { progress, facts } = state;
  const shape = shapeOf(facts);
  const left = ended === null ? Math.max(0, totalSteps(shape) - progress.globalStep) : 0;
  const { samplesPerSecond, remainingSeconds } = run.outlook(left);
  const { state: name, reason } = stateOf(run);
  return {
    runId: record.runId,
    spec: withoutTrust(record.spec),
    specSha256: run.specSha256,
    trust: run.trust,
    dataSet: record.dataSet,
    parameters: prepared.model.trainableLength,
    vectorLength: prepared.model.vectorLength,
    stepsPerEpoch: stepsPerEpoch(shape),
    state: name,
    reason,
    epoch: progress.epoch,
    step: progress.step,
    globalStep: progress.globalStep,
    elapsedSeconds: result?.seconds ?? totals.seconds,
    remainingSeconds: ended === null ? remainingSeconds : 0,
    samplesPerSecond: ended === null ? samplesPerSecond : totals.samplesPerSecond,
    workers: run.workers.registered.size,
    earlyStopping: earlyStoppingView(run),
    result,
  };
}

function stateOf(run: ActiveRun): { readonly state: RunStateName; readonly reason: string } {
  const { ended, state } = run;
  if (ended !== null) return { state: ended.state, reason: run.result?.reason ?? ended.reason };
  if (state.paused !== null) return { state: 'paused', reason: state.paused };
  if (run.workers.isEmpty) {
    return { state: 'waiting', reason: 'No worker is connected; the run goes on with the first that joins.' };
  }
  const { progress, facts, stage } = state;
  const epoch = `epoch ${Math.min(progress.epoch + 1, facts.spec.epochs)} of ${facts.spec.epochs}`;
  switch (stage.type) {
    case 'validating':
      return { state: 'validating', reason: `The validation set is evaluated after ${epoch}.` };
    case 'testing':
      return { state: 'testing', reason: `${stage.reason} The test set is evaluated.` };
    default:
      return { state: 'training', reason: state.finishing ?? `It trains ${epoch}.` };
  }
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
