/** When a run has learned enough: watches one metric epoch by epoch and says, in a sentence, whether to go on. */
import type { EarlyStoppingSpec } from '../spec/runSpec.ts';
import { counted } from '../text/counted.ts';

/** What an epoch ended with; null where there is no validation set. */
export type EpochMetrics = {
  /** From 1, as people count. */
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
  /** What `best` is a value of. */
  readonly metric: EarlyStoppingSpec['metric'];
  /** The metric's best value so far; null before the first finite one. */
  readonly best: number | null;
  /** Its epoch, from 1; 0 before the first finite value. */
  readonly bestEpoch: number;
  readonly epochsWithoutImprovement: number;
};

export type EarlyStoppingDecision = {
  readonly state: EarlyStoppingState;
  /** True when this epoch's parameters are the best so far. */
  readonly improved: boolean;
  readonly stop: boolean;
  /** A sentence for people. */
  readonly reason: string;
};

const LABELS: Readonly<Record<EarlyStoppingSpec['metric'], string>> = {
  validationLoss: 'validation loss',
  validationAccuracy: 'validation accuracy',
  trainLoss: 'training loss',
  trainErrors: 'the number of training errors',
};

export function initialEarlyStopping(spec: EarlyStoppingSpec): EarlyStoppingState {
  return { metric: spec.metric, best: null, bestEpoch: 0, epochsWithoutImprovement: 0 };
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
  const { epoch } = metrics;
  if (value === null) {
    throw new RangeError(
      `Early stopping watches ${label}, but there is no validation set. ` +
        'Set data.validation above 0, or earlyStopping.metric to trainLoss or trainErrors.',
    );
  }
  const sign = spec.metric === 'validationAccuracy' ? 1 : -1;
  const gain = state.best === null ? Number.POSITIVE_INFINITY : sign * (value - state.best);
  const improved = Number.isFinite(value) && gain > 0 && gain >= spec.minimumImprovement;
  const next: EarlyStoppingState = improved
    ? { ...state, best: value, bestEpoch: epoch, epochsWithoutImprovement: 0 }
    : { ...state, epochsWithoutImprovement: state.epochsWithoutImprovement + 1 };

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
      : `best was epoch ${next.bestEpoch} with ${show(next.best)}`;
  const reason =
    `${stop ? 'Stops' : 'Goes on'} after epoch ${epoch}: ${label} has not improved${by} for ` +
    `${counted(waited, 'epoch')}${stop ? '' : ` of ${spec.patience}`}; ${best}.`;
  return { state: next, improved, stop, reason };
}

/** Four significant digits are enough for a sentence. */
function show(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
