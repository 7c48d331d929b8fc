/** When a run has learned enough: watches one metric epoch by epoch and says, in a sentence, whether to go on. */
import type { EarlyStoppingSpec } from '../spec/runSpec.ts';

/** What an epoch ended with; null where there is no validation set. */
export type EpochMetrics = {
  /** From 0. */
  readonly epoch: number;
  /** Mean over the epoch's samples, each with the parameters of its step. */
  readonly trainLoss: number;
  /** Wrongly classified samples, likewise. */
  readonly trainErrors: number;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
};

/** Plain JSON: part of every checkpoint. */
export type EarlyStoppingState = {
  /** The metric's best value so far with its epoch (from 0); null before the first finite value. */
  readonly best: { readonly value: number; readonly epoch: number } | null;
  readonly epochsWithoutImprovement: number;
};

export type EarlyStoppingDecision = {
  readonly state: EarlyStoppingState;
  /** True when this epoch's parameters are the best so far. */
  readonly improved: boolean;
  readonly stop: boolean;
  /** For people; epochs count from 1 here. */
  readonly reason: string;
};

const LABELS: Readonly<Record<EarlyStoppingSpec['metric'], string>> = {
  validationLoss: 'validation loss',
  validationAccuracy: 'validation accuracy',
  trainLoss: 'training loss',
  trainErrors: 'the number of training errors',
};

export function initialEarlyStopping(): EarlyStoppingState {
  return { best: null, epochsWithoutImprovement: 0 };
}

/**
 * An epoch improves when the metric is better than the best by more than nothing and by at least
 * `minimumImprovement`; a value that is not finite never does. The run stops when the target is reached, or after
 * `patience` epochs in a row without improvement.
 * @throws RangeError when the metric needs a validation set and there is none
 */
export function observeEpoch(
  state: EarlyStoppingState,
  spec: EarlyStoppingSpec,
  metrics: EpochMetrics,
): EarlyStoppingDecision {
  const value = metrics[spec.metric];
  const label = LABELS[spec.metric];
  const epoch = metrics.epoch + 1;
  if (value === null) {
    throw new RangeError(
      `Early stopping watches ${label}, but there is no validation set. ` +
        'Set data.validation above 0, or earlyStopping.metric to trainLoss or trainErrors.',
    );
  }
  const sign = spec.metric === 'validationAccuracy' ? 1 : -1;
  const gain = state.best === null ? Number.POSITIVE_INFINITY : sign * (value - state.best.value);
  const improved = Number.isFinite(value) && gain > 0 && gain >= spec.minimumImprovement;
  const next: EarlyStoppingState = improved
    ? { best: { value, epoch: metrics.epoch }, epochsWithoutImprovement: 0 }
    : { best: state.best, epochsWithoutImprovement: state.epochsWithoutImprovement + 1 };

  if (spec.target !== null && sign * (value - spec.target) >= 0) {
    const reason = `Stops after epoch ${epoch}: ${label} is ${show(value)} and has reached the target ${show(spec.target)}.`;
    return { state: next, improved, stop: true, reason };
  }
  if (improved) {
    const reason = `Goes on after epoch ${epoch}: ${label} is at its best, ${show(value)}.`;
    return { state: next, improved, stop: false, reason };
  }
  const waited = next.epochsWithoutImprovement;
  const stop = waited >= spec.patience;
  const by = spec.minimumImprovement > 0 ? ` by ${show(spec.minimumImprovement)}` : '';
  const best =
    next.best === null
      ? 'it was never a finite number'
      : `best was epoch ${next.best.epoch + 1} with ${show(next.best.value)}`;
  const reason =
    `${stop ? 'Stops' : 'Goes on'} after epoch ${epoch}: ${label} has not improved${by} for ` +
    `${waited} ${waited === 1 ? 'epoch' : 'epochs'}${stop ? '' : ` of ${spec.patience}`}; ${best}.`;
  return { state: next, improved, stop, reason };
}

/** Four significant digits are enough for a sentence. */
function show(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
