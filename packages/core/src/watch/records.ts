/** What is recorded of a run, epoch by epoch and at its end: written to its folder, shown by the command line and the page. */
import { RUN_ENDS, type RunEnd, type RunEndFact } from '../facts/runFacts.ts';

export type EpochRecord = {
  /** From 1. */
  readonly epoch: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly trainErrors: number;
  /** Null without a validation set. */
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  readonly learningRate: number;
  /** Gradient norm of each layer with parameters, mean over the epoch's steps: where a vanishing gradient is seen. */
  readonly layerNorms: readonly { readonly layer: string; readonly norm: number }[];
  readonly seconds: number;
  readonly samplesPerSecond: number;
  /**
   * Bytes of all messages to and from workers on other machines since the run began, blocks of data not among them. Left
   * out in what an earlier version has recorded.
   */
  readonly bytes?: number;
  /** Beside them, the blocks of data that workers have fetched since the run began, as they travelled. Left out as well. */
  readonly blockBytes?: number;
  /** Whether this epoch is the best so far by the watched metric. */
  readonly improved: boolean;
};

/** What a run is at. `waiting`: no worker has been there yet, or all have gone. */
export const RUN_STATES = ['waiting', 'training', 'validating', 'testing', 'paused', ...RUN_ENDS] as const;
export type RunStateName = (typeof RUN_STATES)[number];

/** On the test set, with the delivered parameters; null where that was not measured, or all its labels are the same. */
export type RegressionFigures = {
  /** The column or array that is predicted. */
  readonly label: string;
  /** Mean squared error in the label's unit, squared; `testLoss` is that of the standardised label. */
  readonly meanSquaredError: number | null;
  /** 1 − error / variance. */
  readonly r2: number | null;
};

export type RunResult = {
  readonly runId: string;
  readonly state: RunEnd;
  /** Why the run ended as it did, and what its records show, in English sentences. */
  readonly reason: string;
  /** What they say, for readers of another language; left out where it was never a fact. */
  readonly facts?: readonly RunEndFact[];
  readonly epochs: number;
  readonly steps: number;
  /** The epoch whose parameters are delivered. */
  readonly bestEpoch: number;
  readonly trainLoss: number | null;
  readonly trainAccuracy: number | null;
  readonly valAccuracy: number | null;
  readonly testAccuracy: number | null;
  readonly testLoss: number | null;
  /** Of a run that predicts numbers; its accuracies are null. */
  readonly regression?: RegressionFigures;
  readonly dataSet: string;
  readonly seconds: number;
  readonly samplesPerSecond: number;
  readonly parametersSha256: string;
  /** ISO 8601; left out in what an earlier version has written. */
  readonly endedAt?: string;
  /** Path of the delivered model (safetensors). */
  readonly modelFile: string;
  readonly checkpointFolder: string;
};
