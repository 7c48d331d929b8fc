/**
 * The run spec: everything that a run's parameters are a function of, and how its workers are trusted. What a user writes may leave fields out;
 * `resolveRunSpec` fills the defaults and checks it, and only the resolved form, with every field, goes further.
 */
import type { Numerics } from '../engine/engine.ts';
import type { ModelSpec } from '../nn/layers.ts';
import type { ClipSpec, OptimizerSpec, RegularizationSpec, ScheduleSpec } from '../optim/specs.ts';

/** Random shifts, turns, scalings and elastic distortions of training images (Simard et al. 2003); zeros = none. */
export type AugmentSpec = {
  /** Largest shift in pixels, each way. */
  readonly shift: number;
  /** Largest turn in degrees, each way. */
  readonly rotate: number;
  /** Largest relative change of size: 0.1 is 90 % to 110 %. */
  readonly scale: number;
  /** Elastic distortion: strength in pixels (0 = none) and smoothness (standard deviation of the Gaussian, pixels). */
  readonly elastic: { readonly alpha: number; readonly sigma: number };
};

export type TableName = 'and' | 'or' | 'not' | 'xor';

export type DataSpec =
  | {
      /** `mnist`: the four MNIST files, checked; `idx`: any folder of four IDX files; `digits`: the built-in generator. */
      readonly source: 'mnist' | 'idx' | 'digits';
      /** Train on the first `limit` samples of the (seeded) training split; null = all. */
      readonly limit: number | null;
      /** Samples of the training set held out, chosen by seed; they take part in no step. */
      readonly validation: number;
      readonly augment: AugmentSpec;
    }
  | { readonly source: 'table'; readonly table: TableName };

export type EarlyStoppingSpec = {
  readonly metric: 'validationLoss' | 'validationAccuracy' | 'trainLoss' | 'trainErrors';
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
