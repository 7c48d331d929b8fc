/** The result of a run from what it ended with: the figures of the delivered parameters, and what the records show. */
import {
  determination,
  type EpochRecord,
  explainOutcome,
  firstStepOf,
  type Measured,
  type RegressionFigures,
  type RunEndFact,
  type RunResult,
  type Samples,
  sentences,
  type TargetScale,
} from '@shoal/core';
import type { EndRecord } from '../../transition/model/effects.ts';
import { shapeOf } from '../../transition/task/workload.ts';
import type { PreparedRun } from '../preparation/prepare.ts';

type Figures = Pick<
  RunResult,
  | 'state'
  | 'reason'
  | 'facts'
  | 'epochs'
  | 'steps'
  | 'bestEpoch'
  | 'trainLoss'
  | 'trainAccuracy'
  | 'valAccuracy'
  | 'testAccuracy'
  | 'testLoss'
  | 'regression'
>;

/** Null where nothing was measured with the parameters that are delivered. */
export function figuresOf(
  { facts, model, data }: PreparedRun,
  epochs: readonly EpochRecord[],
  end: EndRecord,
  target: TargetScale | undefined = undefined,
): Figures {
  const isOfNumbers = facts.spec.model.loss === 'squared_error';
  const explanation =
    end.state === 'finished' && !isOfNumbers
      ? explainOutcome({
          spec: facts.spec,
          epochs,
          outputs: model.outputs,
          stepsPerEpoch: updatesPerEpoch(facts),
          samples: facts.counts,
          commonest: commonestShare(data.train),
          test: measured(end, facts.counts.test),
        })
      : null;
  const told: RunEndFact[] = [end.reason];
  if (explanation !== null) told.push(explanation);
  const delivered = deliveredRecord(facts, epochs, end);
  return {
    state: end.state,
    reason: sentences(told, 'en'),
    facts: told,
    epochs: end.epochs,
    steps: end.steps,
    bestEpoch: end.bestEpoch,
    trainLoss: delivered?.trainLoss ?? null,
    trainAccuracy: isOfNumbers ? null : (delivered?.trainAccuracy ?? null),
    valAccuracy: isOfNumbers ? null : (delivered?.validationAccuracy ?? null),
    testAccuracy: end.testAccuracy,
    testLoss: end.testLoss,
    ...(target !== undefined && { regression: regressionFigures(end.testLoss, data.test, target) }),
  };
}

/** The loss of standardised labels in their own unit, and what it leaves of their variance. */
export const regressionFigures = (
  loss: number | null,
  test: Samples,
  { name, deviation }: TargetScale,
): RegressionFigures => ({
  label: name,
  meanSquaredError: loss === null ? null : loss * deviation * deviation,
  r2: loss === null ? null : determination(loss, test),
});

/** Updates of a replica where a step has local ones. */
function updatesPerEpoch({ spec, counts }: PreparedRun['facts']): number {
  const replicas = spec.steps.type === 'localSteps' ? spec.steps.replicas : 1;
  return counts.train / (replicas * spec.batch);
}

/**
 * The record of the epoch at whose end the parameters were as delivered; none where training went on within another. A
 * run that delivers nothing has the figures of its last whole epoch.
 */
function deliveredRecord(
  facts: PreparedRun['facts'],
  epochs: readonly EpochRecord[],
  { state, bestEpoch, steps }: EndRecord,
): EpochRecord | undefined {
  const { spec } = facts;
  const isRestored = spec.earlyStopping?.restoreBest === true && epochs.some(({ improved }) => improved);
  if (state !== 'finished') return epochs.at(-1);
  if (!isRestored && steps !== firstStepOf(shapeOf(facts), bestEpoch)) return undefined;
  return epochs.find(({ epoch }) => epoch === bestEpoch);
}

function measured({ testAccuracy, testLoss }: EndRecord, samples: number): Measured | null {
  return testAccuracy === null || testLoss === null
    ? null
    : { accuracy: testAccuracy, loss: testLoss, samples };
}

/** Part of the samples that belong to the most frequent class. */
function commonestShare({ targets, count }: Samples): number {
  const counts = new Uint32Array(256);
  for (const label of targets.values) counts[label] += 1;
  return Math.max(...counts) / Math.max(1, count);
}
