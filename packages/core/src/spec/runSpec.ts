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

/** What becomes of the changes that the replicas of a step agree on: their mean, or that mean with a momentum of its own. */
export type OuterSpec =
  | { readonly type: 'average' }
  | {
      readonly type: 'momentum' | 'nesterov';
      readonly lr: number;
      readonly momentum: number;
      /** Counts steps of the run, each of which is a round. */
      readonly schedule: ScheduleSpec;
    };

/**
 * What a step is. `synchronous`: one update with the mean gradient of a batch. `localSteps`: a round in which each of
 * `replicas` copies of the parameters makes `localSteps` updates on batches of its own, and the mean of what these have
 * changed is applied. All other fields mean for a replica what they mean for a synchronous run; its optimizer begins each
 * round with empty moments.
 */
export type StepsSpec =
  | { readonly type: 'synchronous' }
  | {
      readonly type: 'localSteps';
      readonly replicas: number;
      readonly localSteps: number;
      readonly outer: OuterSpec;
    };

/** How vectors travel: as they are, or as whole numbers of 8 or 4 bits. */
export const CODING_NAMES = ['f32', 'int8', 'int4'] as const;
export type CodingName = (typeof CODING_NAMES)[number];

/** Rounding is part of what a run computes: workers compute with parameters that have been rounded on their way. */
export type CodingSpec = {
  /** What leaves give, on its way to the coordinator. */
  readonly up: CodingName;
  /** What parameters change by, on its way to the workers. */
  readonly down: CodingName;
};

/**
 * The model that a run begins with, in place of what its seed draws: a safetensors file, named by its content so that the run
 * stays a function of its spec.
 */
export type InitialSpec = {
  /** SHA-256 of the file, 64 hexadecimal digits. */
  readonly sha256: string;
  /** What the file is called by whoever named it: a run, or a file. It changes no bit and no hash. Empty: nobody has said. */
  readonly from: string;
  /** Entries of `model.layers`, from the first on, that take their parameters from it; null = all. The others are drawn. */
  readonly layers: number | null;
  /** Whether what is trained in those layers stays as it is. Batch norm goes on measuring its running values. */
  readonly frozen: boolean;
};

export type RunSpec = {
  readonly name: string;
  /** One sentence: what this run shows. */
  readonly about: string;
  readonly seed: number;
  readonly numerics: Numerics;
  readonly data: DataSpec;
  readonly model: ModelSpec;
  /** Samples per update by the optimizer; the last one of an epoch (or of a replica's share) may have fewer. */
  readonly batch: number;
  /** Samples per microbatch, the unit of work; the last of a step may have fewer. */
  readonly microbatch: number;
  readonly epochs: number;
  readonly steps: StepsSpec;
  readonly coding: CodingSpec;
  readonly optimizer: OptimizerSpec;
  readonly schedule: ScheduleSpec;
  readonly clip: ClipSpec;
  readonly regularization: RegularizationSpec;
  readonly earlyStopping: EarlyStoppingSpec | null;
  readonly checkpoint: { readonly everySteps: number };
  readonly trust: TrustSpec;
  /** Absent where the run begins with what its seed draws. */
  readonly initial?: InitialSpec;
};
