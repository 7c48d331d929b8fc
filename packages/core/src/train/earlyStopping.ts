/** When a run has learned enough: watches one metric epoch by epoch and decides, with the figures that say why, whether to go on. */
import type { StoppedFact, StoppingFact } from '../facts/stoppingFacts.ts';
import type { EarlyStoppingSpec } from '../spec/runSpec.ts';

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
} & (
  | { readonly stop: true; readonly reason: StoppedFact }
  | { readonly stop: false; readonly reason: StoppingFact }
);

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
  const { metric } = spec;
  const { epoch } = metrics;
  if (value === null) {
    throw new RangeError(
      `Early stopping watches ${metric}, but there is no validation set. ` +
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
    const reason = { type: 'targetReached', epoch, metric, value, target: spec.target } as const;
    return { state: next, improved, stop: true, reason };
  }
  if (improved) {
    return { state: next, improved, stop: false, reason: { type: 'improved', epoch, metric, value } };
  }
  const waited = next.epochsWithoutImprovement;
  const best = next.best === null ? null : { epoch: next.bestEpoch, value: next.best };
  const { minimumImprovement, patience } = spec;
  const seen = { epoch, metric, waited, minimumImprovement, best };
  return waited >= patience
    ? { state: next, improved, stop: true, reason: { type: 'patienceOver', ...seen } }
    : { state: next, improved, stop: false, reason: { type: 'notImproved', ...seen, patience } };
}
