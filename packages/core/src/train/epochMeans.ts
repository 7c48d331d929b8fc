/** What an epoch's steps add up to, and the means that are told of it. */
import type { UpdateReport } from '../optim/stepUpdater.ts';
import { meansOf, type Sums } from '../parallel/answer.ts';
import type { Evaluation } from './evaluate.ts';
import type { EpochSums } from './progress.ts';

/** The epoch's sums with one more step, in step order and in float64. */
export function addStep(
  epoch: EpochSums,
  step: Pick<Sums<unknown>, 'loss' | 'correct' | 'count'>,
  report: Pick<UpdateReport, 'layerNorms'>,
): EpochSums {
  return {
    loss: epoch.loss + step.loss,
    correct: epoch.correct + step.correct,
    count: epoch.count + step.count,
    layerNorms: report.layerNorms.map(({ norm }, i) => (epoch.layerNorms[i] ?? 0) + norm),
  };
}

export type EpochMeans = {
  readonly trainLoss: number;
  readonly trainErrors: number;
  readonly trainAccuracy: number;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  /** Over the epoch's steps, in layer order. */
  readonly layerNorms: readonly number[];
};

/** @param validation null where nothing is held out */
export function epochMeans(epoch: EpochSums, steps: number, validation: Evaluation | null): EpochMeans {
  const { correct, count, layerNorms } = epoch;
  const { loss, accuracy } = meansOf(epoch);
  return {
    trainLoss: loss,
    trainErrors: count - correct,
    trainAccuracy: accuracy,
    validationLoss: validation?.loss ?? null,
    validationAccuracy: validation?.accuracy ?? null,
    layerNorms: layerNorms.map((norm) => norm / steps),
  };
}
