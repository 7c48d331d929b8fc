/** What a transition asks the driver to do, in this order. Effects are data; they carry no tensors and no sockets. */
import type {
  Answer,
  ByeName,
  DismissalFact,
  EpochRecord,
  EventView,
  Fact,
  RollbackFact,
  RunEnd,
  RunEndFact,
  RunProgress,
} from '@shoal/core';
import type { ErrandId, LeaseId, SetName, SnapshotId, TaskKind, TensorId, WorkerId } from './ids.ts';
import type { ValuesNeed } from './worker.ts';

export type GrantEffect = {
  readonly type: 'grant';
  readonly worker: WorkerId;
  readonly lease: LeaseId;
  readonly task: TaskKind;
  readonly set: SetName;
  readonly version: number;
  /** Counted over the whole run: it names the samples of a gradient. */
  readonly step: number;
  readonly from: number;
  readonly to: number;
  readonly leaves: number;
  readonly expectedMs: number;
  /** The worker does not hold this version yet: send the parameters first. */
  readonly withParameters: boolean;
  /** The version that it holds instead. */
  readonly holds: number;
  /** Whether the lease carries the values of its samples. */
  readonly values: ValuesNeed;
  /** To a gateway: each node is to be the work of one guest alone. */
  readonly undivided: boolean;
  /** Of a gateway: what it is a part of; null in a coordinator. */
  readonly errand: ErrandId | null;
};

/** Have the trusted worker compute this range, and answer with `verified`. */
export type VerifyEffect = {
  readonly type: 'verify';
  readonly check: number;
  readonly task: TaskKind;
  readonly set: SetName;
  readonly version: number;
  /** As in a grant. */
  readonly step: number;
  readonly from: number;
  readonly to: number;
  readonly leaves: number;
};

/** What somebody was convicted for. It goes to disk, where no address of a volunteer does. */
export type Evidence = {
  readonly identity: string;
  readonly name: string;
  readonly lease: LeaseId;
  /** Of the lease's tree, and the lease's microbatches [from, to) of `leaves`. */
  readonly node: string;
  readonly set: SetName;
  readonly from: number;
  readonly to: number;
  readonly leaves: number;
  readonly epoch: number;
  readonly step: number;
  readonly globalStep: number;
  readonly version: number;
  /** Digests of the answer and of the trusted worker's. */
  readonly given: string;
  readonly expected: string;
};

export type Effect =
  | { readonly type: 'probe'; readonly worker: WorkerId }
  | GrantEffect
  | { readonly type: 'revoke'; readonly worker: WorkerId; readonly lease: LeaseId }
  /** Of a gateway: a node of an errand is answered. */
  | {
      readonly type: 'pass';
      readonly errand: ErrandId;
      readonly answer: Answer<TensorId>;
      /** Numbers of those whose work is in it. */
      readonly by: readonly number[];
      /** Since the errand came. */
      readonly ms: number;
      /** It was the errand's last. */
      readonly ends: boolean;
    }
  /** Its first answer has counted: it may fetch the data set. */
  | { readonly type: 'counted'; readonly worker: WorkerId }
  | { readonly type: 'bye'; readonly worker: WorkerId; readonly code: ByeName; readonly why: DismissalFact }
  /** into += from, then `from` is free. */
  | { readonly type: 'merge'; readonly into: TensorId; readonly from: TensorId }
  | { readonly type: 'free'; readonly tensor: TensorId }
  /** Put the trimmed mean of the parts, times their weights, into the first; the others are free. */
  | { readonly type: 'trim'; readonly groups: readonly Group[]; readonly drop: number }
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
  /** Keep a copy of the run as it is now, and let go of another. */
  | {
      readonly type: 'keepSnapshot';
      readonly id: SnapshotId;
      readonly progress: RunProgress;
      readonly dropped: SnapshotId | null;
    }
  /** Restore what was kept; the progress is that state's, with a new version number. */
  | {
      readonly type: 'rollBack';
      readonly to: SnapshotId;
      readonly dropped: readonly SnapshotId[];
      readonly progress: RunProgress;
      readonly reason: RollbackFact;
    }
  | VerifyEffect
  | { readonly type: 'convicted'; readonly evidence: Evidence }
  /** So many answers of this identity have been found right. */
  | { readonly type: 'verifiedAnswers'; readonly identity: string; readonly verified: number }
  /** A decision and its reason. */
  | {
      readonly type: 'log';
      readonly level: 'debug' | 'info' | 'warn';
      readonly facts: readonly Fact[];
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
  readonly reason: RunEndFact;
  readonly epochs: number;
  readonly steps: number;
  readonly bestEpoch: number;
  readonly testLoss: number | null;
  readonly testAccuracy: number | null;
};

/** One part: the sum over so many samples, or so many replicas. */
export type Group = { readonly tensor: TensorId; readonly weight: number };
