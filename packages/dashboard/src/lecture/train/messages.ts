/** What the page and a worker that trains say to each other. */
import type { EpochReport, RunSpec } from '@shoal/core';

/** The parameters after a step. */
export type KeptState = { readonly step: number; readonly parameters: Float32Array };

export type TrainMessage = {
  readonly type: 'train';
  readonly id: number;
  readonly spec: RunSpec;
  /** Bytes that the kept states may take: as many are kept, evenly spread, beside the first and the last. */
  readonly keptBytesMax: number;
  /** [vectorLength] to start from in place of those that the spec draws. */
  readonly from: Float32Array | null;
};

/** What has come since the last one. */
export type Part = {
  /** Mean loss of each step. */
  readonly losses: readonly number[];
  readonly epochs: readonly EpochReport[];
  readonly states: readonly KeptState[];
};

export type Outcome = {
  readonly state: 'finished' | 'diverged';
  readonly steps: number;
  readonly deliveredEpoch: number;
  readonly testLoss: number | null;
  readonly testAccuracy: number | null;
  readonly parameters: Float32Array;
  readonly parametersSha256: string;
};

export type TrainerMessage =
  /** The samples are there; `steps` is how many the run has at most. */
  | { readonly type: 'begun'; readonly id: number; readonly steps: number; readonly stepsPerEpoch: number }
  | { readonly type: 'part'; readonly id: number; readonly part: Part }
  | { readonly type: 'over'; readonly id: number; readonly outcome: Outcome }
  | { readonly type: 'failed'; readonly id: number; readonly reason: string };
