/** The result of a run from what it ended with: the figures of the delivered parameters, and what the records show. */
import {
  type EpochRecord,
  explainOutcome,
  type Measured,
  type RunEndFact,
  type RunResult,
  type Samples,
  sentences,
  stepsPerEpoch,
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
>;

/** Null where nothing was measured with the parameters that are delivered. */
export function figuresOf(
  { facts, model, data }: PreparedRun,
  epochs: readonly EpochRecord[],
  end: EndRecord,
): Figures {
  const steps = stepsPerEpoch(shapeOf(facts));
  const explanation =
    end.state === 'finished'
      ? explainOutcome({
          spec: facts.spec,
          epochs,
          outputs: model.outputs,
          stepsPerEpoch: steps,
          samples: facts.counts,
          commonest: commonestShare(data.train),
          test: measured(end, facts.counts.test),
        })
      : null;
  const told: RunEndFact[] = [end.reason];
  if (explanation !== null) told.push(explanation);
  const delivered = deliveredRecord(facts, epochs, end, steps);
  return {
    state: end.state,
    reason: sentences(told, 'en'),
    facts: told,
    epochs: end.epochs,
    steps: end.steps,
    bestEpoch: end.bestEpoch,
    trainLoss: delivered?.trainLoss ?? null,
    trainAccuracy: delivered?.trainAccuracy ?? null,
    valAccuracy: delivered?.validationAccuracy ?? null,
    testAccuracy: end.testAccuracy,
    testLoss: end.testLoss,
  };
}

/**
 * The record of the epoch at whose end the parameters were as delivered; none where training went on within another. A
 * run that delivers nothing has the figures of its last whole epoch.
 */
function deliveredRecord(
  { spec }: PreparedRun['facts'],
  epochs: readonly EpochRecord[],
  { state, bestEpoch, steps }: EndRecord,
  perEpoch: number,
): EpochRecord | undefined {
  const isRestored = spec.earlyStopping?.restoreBest === true && epochs.some(({ improved }) => improved);
  if (state !== 'finished') return epochs.at(-1);
  if (!isRestored && steps !== bestEpoch * perEpoch) return undefined;
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
