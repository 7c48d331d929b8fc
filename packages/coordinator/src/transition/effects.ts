/** What a transition asks the driver to do, in this order. Effects are data; they carry no tensors and no sockets. */
import type { ByeName, EpochRecord, EventView, RunEnd, RunProgress } from '@shoal/core';
import type { LeaseId, TensorId, WorkerId } from './events.ts';

export type TaskKind = 'gradient' | 'evaluate';
export type SetName = 'train' | 'validation' | 'test';

export type GrantEffect = {
  readonly type: 'grant';
  readonly worker: WorkerId;
  readonly lease: LeaseId;
  readonly task: TaskKind;
  readonly set: SetName;
  readonly version: number;
  readonly epoch: number;
  /** Step within the epoch: with the epoch it names the samples. */
  readonly step: number;
  readonly from: number;
  readonly to: number;
  readonly leaves: number;
  readonly expectedMs: number;
  /** The worker does not hold this version yet: send the parameters first. */
  readonly withParameters: boolean;
  /** The worker does not hold the data set yet: the lease carries its samples. */
  readonly withValues: boolean;
};

export type Effect =
  | { readonly type: 'probe'; readonly worker: WorkerId }
  | GrantEffect
  | { readonly type: 'revoke'; readonly worker: WorkerId; readonly lease: LeaseId }
  | { readonly type: 'bye'; readonly worker: WorkerId; readonly code: ByeName; readonly message: string }
  /** into += from, then `from` is free. */
  | { readonly type: 'merge'; readonly into: TensorId; readonly from: TensorId }
  | { readonly type: 'free'; readonly tensor: TensorId }
  /** Apply the optimizer to the step's summed gradient, free it, and answer with `updated`. */
  | {
      readonly type: 'update';
      readonly tensor: TensorId;
      readonly count: number;
      readonly epoch: number;
      readonly globalStep: number;
    }
  /** The current parameters are the best so far: keep a copy. */
  | { readonly type: 'keepBest' }
  | { readonly type: 'restoreBest' }
  /** Write the parameters and moments as they are now with this progress; `best` also writes the best parameters. */
  | { readonly type: 'checkpoint'; readonly progress: RunProgress; readonly best: boolean }
  | { readonly type: 'stepDone'; readonly step: StepRecord }
  | {
      readonly type: 'epochDone';
      readonly record: Omit<EpochRecord, 'seconds' | 'samplesPerSecond' | 'learningRate' | 'layerNorms'>;
      /** Mean over the epoch's steps, in layer order. */
      readonly layerNorms: readonly number[];
    }
  /** A decision and its reason. */
  | {
      readonly type: 'log';
      readonly level: 'debug' | 'info' | 'warn';
      readonly message: string;
      /** What it is about, for who reads many of them; placing work when it is not said. */
      readonly about?: EventView['kind'];
    }
  | { readonly type: 'end'; readonly end: EndRecord };

export type StepRecord = {
  readonly epoch: number;
  readonly step: number;
  readonly globalStep: number;
  readonly loss: number;
  readonly samples: number;
  readonly learningRate: number;
  readonly gradientNorm: number;
};

export type EndRecord = {
  readonly state: RunEnd;
  readonly reason: string;
  readonly epochs: number;
  readonly steps: number;
  readonly bestEpoch: number;
  readonly testLoss: number | null;
  readonly testAccuracy: number | null;
};
