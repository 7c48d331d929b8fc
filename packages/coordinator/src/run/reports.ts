/** What a run tells the outside while it goes: the command line prints these, `--json` writes them one per line. */
import type { DataSetInfo, RunSpec } from '@shoal/core';

export type RunReport =
  | {
      readonly type: 'run';
      readonly runId: string;
      readonly folder: string;
      readonly spec: RunSpec;
      readonly dataSet: DataSetInfo;
      readonly parameters: number;
      readonly stepsPerEpoch: number;
      /** The step a resumed run goes on from; 0 for a new one. */
      readonly resumedFromStep: number;
    }
  | { readonly type: 'listening'; readonly url: string; readonly joinUrl: string; readonly token: string }
  | {
      readonly type: 'worker';
      readonly event: 'joined' | 'left';
      readonly name: string;
      readonly reason: string;
      readonly workers: number;
    }
  | {
      readonly type: 'step';
      /** From 1, as people count. */
      readonly epoch: number;
      /** Steps done in this epoch and in all. */
      readonly step: number;
      readonly globalStep: number;
      readonly stepsPerEpoch: number;
      /** Mean loss of this step's samples. */
      readonly loss: number;
      readonly learningRate: number;
      readonly gradientNorm: number;
      readonly samplesPerSecond: number;
      readonly workers: number;
    }
  | ({ readonly type: 'epoch' } & EpochRecord)
  | { readonly type: 'notice'; readonly level: 'info' | 'warn'; readonly message: string }
  | ({ readonly type: 'result' } & RunResult);

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
  /** Whether this epoch is the best so far by the watched metric. */
  readonly improved: boolean;
};

export type RunState = 'finished' | 'stopped' | 'diverged' | 'failed';

export type RunResult = {
  readonly runId: string;
  readonly state: RunState;
  /** The sentence that says why the run ended as it did. */
  readonly reason: string;
  readonly epochs: number;
  readonly steps: number;
  /** The epoch whose parameters are delivered. */
  readonly bestEpoch: number;
  readonly trainLoss: number | null;
  readonly trainAccuracy: number | null;
  readonly valAccuracy: number | null;
  readonly testAccuracy: number | null;
  readonly testLoss: number | null;
  readonly dataSet: string;
  readonly seconds: number;
  readonly samplesPerSecond: number;
  readonly parametersSha256: string;
  /** Path of the delivered model (safetensors). */
  readonly modelFile: string;
  readonly checkpointFolder: string;
};
