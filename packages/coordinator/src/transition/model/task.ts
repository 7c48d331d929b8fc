/** Work that is handed out: a tree of leaves, ranges of it that were granted, and the leases of those. */
import type { EndingFact, Reduction, Sums, TreeNode } from '@shoal/core';
import type { ErrandId, LeaseId, SetName, TaskKind, TensorId, WorkerId } from './ids.ts';
import type { Scrutiny } from './scrutiny.ts';

/** A range of leaves handed out; several leases of it are copies and the first answer to each node wins. */
export type Grant = {
  readonly from: number;
  readonly to: number;
  /** Of these leaves. */
  readonly samples: number;
  /** Nodes not answered yet, by key. */
  readonly remaining: Map<string, TreeNode>;
  /** Every node of the range: an answer that names another is malformed. */
  readonly nodes: ReadonlySet<string>;
  readonly holders: Set<LeaseId>;
  /** As of its range. */
  readonly errand: ErrandId | null;
  readonly undivided: boolean;
  /** Null where the first answer counts, whatever it is. */
  scrutiny: Scrutiny | null;
};

export type Lease = {
  readonly id: LeaseId;
  readonly worker: WorkerId;
  readonly grant: Grant;
  readonly grantedAt: number;
  readonly expectedMs: number;
  /** Its worker held nothing when it was granted: the time until its answer is its own. */
  readonly alone: boolean;
  /** A copy that nobody waits for and nobody revokes: it measures a worker that gets no work otherwise. */
  readonly trial: boolean;
  readonly task: TaskKind;
  /** What its worker has to do for it, in training microbatches; see `placement/work.ts`. */
  readonly work: number;
  /** What the worker has said of how far it is; null where it has said nothing. */
  headway: Headway | null;
  /** Nodes its worker has answered, by key. */
  readonly answered: Set<string>;
  /** Samples of those that entered the sums, or are held until others agree. */
  counted: number;
  /** No longer wanted, but not yet acknowledged: its worker is still busy. */
  revoked: boolean;
};

/** How far a lease is. */
export type Headway = {
  /** Samples that are done with. */
  readonly done: number;
  /** Bytes of its data blocks that have not come. */
  readonly missing: number;
  /** When more was last done, or less was missing. */
  readonly at: number;
  /** What was missing when its worker first said so, and when that was; null where nothing has been. */
  readonly awaited: { readonly bytes: number; readonly at: number } | null;
  /** Milliseconds that the worker has computed for them. */
  readonly computeMs: number;
};

/** Leaves that nobody holds; `avoid` names a worker that has called them not finite and should not judge alone. */
export type OpenRange = {
  readonly from: number;
  readonly to: number;
  readonly avoid: WorkerId | null;
  /** Of a gateway: what it was granted as a part of; null in a coordinator. */
  readonly errand: ErrandId | null;
  /** It goes to one worker as a whole. */
  readonly undivided: boolean;
};

/** What a gateway is to do: a lease that was granted to it, as it hands it on. */
export type ErrandTerms = {
  readonly id: ErrandId;
  readonly task: TaskKind;
  readonly set: SetName;
  readonly version: number;
  /** Counted over the whole run. */
  readonly step: number;
  readonly from: number;
  readonly to: number;
  readonly leaves: number;
  /** Each node is to be the work of one guest alone. */
  readonly undivided: boolean;
};

/** One that is being done. */
export type Errand = {
  readonly terms: ErrandTerms;
  /** Training or other samples of its leaves, and how many of them have been answered. */
  readonly samples: number;
  answered: number;
  readonly since: number;
  /** Nodes that have not been passed on, by key, and whose work is in them so far. */
  readonly wanted: Map<string, { readonly node: TreeNode; readonly by: Set<number> }>;
};

/** One tree of work: the microbatches of a step, or an evaluation. */
export type Task = {
  readonly kind: TaskKind;
  readonly set: SetName;
  readonly leaves: number;
  /** The work of one leaf, in training microbatches, and whether it is so much that a thread of its own is given to each. */
  readonly leafWork: number;
  readonly isWhole: boolean;
  /** Largest lease, in leaves: one part where a trimmed mean of several is taken, else as much as there is. */
  readonly leaseMax: number;
  readonly open: OpenRange[];
  readonly grants: Set<Grant>;
  readonly reduction: Reduction<TensorId>;
  /** Of a gateway: what of the tree is to be done; null in a coordinator, which does all of it. */
  readonly errands: Map<ErrandId, Errand> | null;
  /** Ranges once answered with "not finite", and by whom. */
  readonly doubts: (Pick<OpenRange, 'from' | 'to'> & { readonly avoid: WorkerId })[];
  /** Workers without work have been considered for trials. */
  tried: boolean;
};

export type RunStage =
  /** The task is the step at `progress`, or an evaluation of the validation set when the epoch's steps are done. */
  | { readonly type: 'training'; readonly task: Task }
  | { readonly type: 'validating'; readonly task: Task }
  | { readonly type: 'testing'; readonly task: Task; readonly reason: EndingFact }
  /** Waiting for the driver's `updated`. */
  | { readonly type: 'updating'; readonly sums: Sums<unknown> }
  /** Of a gateway: errands of one tree are being done, and those of others wait behind them, in their order. */
  | { readonly type: 'relaying'; readonly task: Task; readonly next: readonly ErrandTerms[] }
  /** Of a gateway that has none. */
  | { readonly type: 'idle' }
  | { readonly type: 'ended' };
