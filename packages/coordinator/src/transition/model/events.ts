/** What can happen to a run. Every input of `transition` is one of these; tensors are only named by handle. */
import type {
  BrokenOffFact,
  DepartureFact,
  FactOf,
  FailureCode,
  PauseFact,
  ResumeFact,
  Sums,
  TextFact,
  TreeNode,
  TrustChangedFact,
  UpdateReport,
  WorkerMode,
} from '@shoal/core';
import type { Belief, TrustPolicy } from './belief.ts';
import type { ErrandId, LeaseId, TensorId, WorkerId } from './ids.ts';
import type { ErrandTerms } from './task.ts';

export type RunEvent =
  /** A welcomed worker; it is probed before it gets work. */
  | {
      readonly type: 'joined';
      readonly worker: WorkerId;
      readonly identity: string;
      readonly name: string;
      readonly threads: number;
      /** Network address; null where it says nothing about who is behind it. */
      readonly origin: string | null;
      readonly belief: Belief;
      /** It stands for others, and says for how many. */
      readonly isGateway: boolean;
    }
  /** What hangs below a gateway. */
  | {
      readonly type: 'crew';
      readonly worker: WorkerId;
      readonly workers: number;
      readonly threads: number;
      /** Training microbatches a millisecond. */
      readonly speed: number;
    }
  /** Of a gateway: it was granted a lease, is to stop with one, or has lost all of them. */
  | { readonly type: 'lent'; readonly errand: ErrandTerms }
  | { readonly type: 'recalled'; readonly errand: ErrandId }
  | { readonly type: 'lost' }
  /** Versions of parameters begin anew, at or below one that there was. */
  | { readonly type: 'renumbered' }
  /** The answer to the probe, already compared with the expected one. */
  | {
      readonly type: 'probed';
      readonly worker: WorkerId;
      /** What is wrong with it, as sentences; null for a right one. */
      readonly fault: string | null;
      readonly computeMs: number;
    }
  | { readonly type: 'ready'; readonly worker: WorkerId }
  | PartialEvent
  /** So many of the lease's samples are done with, and so many bytes of its data blocks have not come. */
  | {
      readonly type: 'progress';
      readonly worker: WorkerId;
      readonly lease: LeaseId;
      readonly done: number;
      readonly missing: number;
      readonly computeMs: number;
    }
  | {
      readonly type: 'failed';
      readonly worker: WorkerId;
      readonly lease: LeaseId;
      /** `noRoom`: the answer came, but the coordinator holds as many gradients as it may. */
      readonly code: FailureCode | 'noRoom';
      readonly message: string;
    }
  | { readonly type: 'left'; readonly worker: WorkerId; readonly reason: DepartureFact }
  /** The optimizer has been applied (or refused to, when the gradient was not finite). */
  | { readonly type: 'updated'; readonly report: UpdateReport }
  /** The trusted worker has computed what `verify` asked for. */
  | { readonly type: 'verified'; readonly check: number; readonly nodes: readonly VerifiedNode[] }
  /** Whether it is uncertain that nobody else leads the run. */
  | { readonly type: 'hold'; readonly held: boolean }
  | { readonly type: 'stop'; readonly reason: BrokenOffFact | TextFact }
  | ControlEvent
  /** Comes at a steady pace; `lagMs` is how much later than it should have, `busyMs` how long the process had work since the last. */
  | { readonly type: 'tick'; readonly lagMs: number; readonly busyMs: number };

/** Somebody whose work is in a gateway's answer. */
export type Contributor = {
  /** The gateway's number for it. */
  readonly guest: number;
  readonly identity: string;
  readonly name: string;
  /** Network address; null where it says nothing about who is behind it. */
  readonly origin: string | null;
};

export type PartialEvent = {
  readonly type: 'partial';
  readonly worker: WorkerId;
  readonly lease: LeaseId;
  readonly node: TreeNode;
  readonly finite: boolean;
  readonly loss: number;
  readonly correct: number;
  readonly count: number;
  /** Null for evaluations and when not finite. */
  readonly tensor: TensorId | null;
  readonly computeMs: number;
  /** Names what was answered: equal for equal answers. Empty where the first answer counts. */
  readonly digest: string;
  /** Whose work it is, of a gateway's answer; empty where it is the gateway's own. Null where it is the worker's. */
  readonly by: readonly Contributor[] | null;
  /** Natural logarithm of the gradient's Euclidean length; null without one, and where the first answer counts. */
  readonly logNorm: number | null;
};

/** What the operator asks for. */
export type ControlEvent =
  /** Nothing is granted until `resume`; leases in flight still count. */
  | { readonly type: 'pause'; readonly reason: PauseFact }
  | { readonly type: 'resume'; readonly reason: ResumeFact }
  /** One step more, and then a pause; of a run that goes on, the step at hand. */
  | { readonly type: 'step'; readonly reason: FactOf<'operatorSteps'> }
  /** At most so many steps begin in a second from now on; null: as many as can. */
  | { readonly type: 'pace'; readonly stepsPerSecond: number | null }
  /** Ends the run after the step at hand, as early stopping would: the best is restored and tested. */
  | { readonly type: 'finish'; readonly reason: FactOf<'operatorFinished'> }
  | { readonly type: 'mode'; readonly worker: WorkerId; readonly mode: WorkerMode }
  /** How workers are checked from now on, leases in flight included. */
  | { readonly type: 'trust'; readonly policy: TrustPolicy; readonly reason: TrustChangedFact }
  /** The worker of this identity is about to be made to lie. To be said before it is. */
  | { readonly type: 'suspect'; readonly identity: string; readonly belief: Exclude<Belief, 'believed'> }
  /** The worker is sent away for good. */
  | { readonly type: 'remove'; readonly worker: WorkerId };

/** One node as the trusted worker computed it. */
export type VerifiedNode = {
  readonly node: TreeNode;
  readonly digest: string;
  readonly sums: Sums<TensorId>;
  /** Digests of the answers so far that are right: equal bits in an exact run, within a tolerance in a fast one. */
  readonly agrees: readonly string[];
};
