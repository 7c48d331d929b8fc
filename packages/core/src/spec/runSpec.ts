/**
 * The run spec: everything that a run's parameters are a function of, and how its workers are trusted. What a user writes may leave fields out;
 * `resolveRunSpec` fills the defaults and checks it, and only the resolved form, with every field, goes further.
 */
import type { DataSpec } from '../data/sources.ts';
import type { Numerics } from '../engine/engine.ts';
import type { ModelSpec } from '../nn/layers.ts';
import type { ClipSpec, OptimizerSpec, RegularizationSpec, ScheduleSpec } from '../optim/specs.ts';

/** What early stopping can watch. */
export const STOPPING_METRICS = ['validationLoss', 'validationAccuracy', 'trainLoss', 'trainErrors'] as const;

export type EarlyStoppingSpec = {
  readonly metric: (typeof STOPPING_METRICS)[number];
  /** Epochs without improvement before the run stops. */
  readonly patience: number;
  /** What counts as an improvement. */
  readonly minimumImprovement: number;
  /** Deliver the parameters of the best epoch rather than those of the last. */
  readonly restoreBest: boolean;
  /** Stop at once when the metric reaches this (trainErrors 0 for a perceptron); null = never. */
  readonly target: number | null;
};

/** How far workers are believed. It decides what is computed twice and by whom, never what comes out. */
export type TrustSpec = {
  /** The part of the leases of all but the coordinator's own workers that it computes a second time itself; 0 = none. */
  readonly spotCheck: number;
  /** Answers of unrelated workers that must agree before one counts; above 1 only with spot checks. */
  readonly quorum: number;
  /**
   * In a fast run: parts of a step's gradient left out at each end of each coordinate before the mean is taken; 0 = none.
   * It is the one field of trust that the parameters depend on.
   */
  readonly trim: number;
};

export type RunSpec = {
  readonly name: string;
  /** One sentence: what this run shows. */
  readonly about: string;
  readonly seed: number;
  readonly numerics: Numerics;
  readonly data: DataSpec;
  readonly model: ModelSpec;
  /** Samples per optimizer step; the last step of an epoch may have fewer. */
  readonly batch: number;
  /** Samples per microbatch, the unit of work; the last of a step may have fewer. */
  readonly microbatch: number;
  readonly epochs: number;
  readonly optimizer: OptimizerSpec;
  readonly schedule: ScheduleSpec;
  readonly clip: ClipSpec;
  readonly regularization: RegularizationSpec;
  readonly earlyStopping: EarlyStoppingSpec | null;
  readonly checkpoint: { readonly everySteps: number };
  readonly trust: TrustSpec;
};
