/**
 * The state of a run as the coordinator's transition owns it: ids, counts and versions, never a tensor.
 * Its durable part, `Progress`, is what a checkpoint carries; the rest is made anew after a restart.
 */
import { DEFAULT_LIMITS, type Node, type RunProgress, type RunSpec, type TreeMerger } from '@shoal/core';
import type { Effect, SetName, TaskKind } from './effects.ts';
import type { LeaseId, TensorId, WorkerId } from './events.ts';
import type { Load } from './load.ts';
import type { Scrutiny } from './scrutiny.ts';
import type { Standing } from './standing.ts';
import type { TrustState } from './trust.ts';

/** What the transition needs to know of the run, fixed for its whole life. */
export type RunFacts = {
  readonly spec: RunSpec;
  readonly counts: Readonly<Record<SetName, number>>;
  readonly limits: SchedulingLimits;
};

/** Named bounds of placing work. */
export type SchedulingLimits = {
  readonly leasesHeldMax: number;
  /** A lease is granted a second time once it has taken this many times its expected time … */
  readonly overdueFactor: number;
  /** … and at least this long. */
  readonly overdueMinMs: number;
  /** A worker whose lease is this late counts for nothing when work is shared out. */
  readonly stalledMs: number;
  /** A lease without any answer for so long ends the connection. */
  readonly unansweredMs: number;
  readonly probeTimeoutMs: number;
};

export const DEFAULT_SCHEDULING: SchedulingLimits = {
  leasesHeldMax: DEFAULT_LIMITS.leasesHeldMax,
  overdueFactor: 2,
  overdueMinMs: 500,
  stalledMs: 2_000,
  unansweredMs: 120_000,
  probeTimeoutMs: DEFAULT_LIMITS.probeTimeoutMs,
};

export type WorkerState = {
  readonly id: WorkerId;
  readonly identity: string;
  readonly name: string;
  readonly threads: number;
  readonly origin: string | null;
  readonly joinedAt: number;
  phase: 'probing' | 'active';
  /** Holds the whole data set. */
  ready: boolean;
  /** Newest parameter version sent to it. */
  version: number;
  /** Leases granted and not yet answered, failed or acknowledged as revoked; oldest first. */
  readonly held: Lease[];
  /** Was granted a lease of the current step. */
  workedInStep: boolean;
  /** When it began with the oldest of them, as far as can be told from here. */
  busySince: number;
  /** So late that it counts for nothing until it answers. */
  stalled: boolean;
  /** Its part in the sums of `RunState.load`. */
  counted: Readonly<Load>;
  /** Training microbatches a millisecond, measured. */
  speed: number;
  leasesDone: number;
  leasesLost: number;
  /** Answers that the trusted worker has found right. */
  checked: number;
};

/** A range of leaves handed out; several leases of it are copies and the first answer to each node wins. */
export type Grant = {
  readonly from: number;
  readonly to: number;
  /** Nodes not answered yet, by key. */
  readonly remaining: Map<string, Node>;
  /** Every node of the range: an answer that names another is malformed. */
  readonly nodes: ReadonlySet<string>;
  readonly holders: Set<LeaseId>;
  /** Null where the first answer counts, whatever it is. */
  readonly scrutiny: Scrutiny | null;
};

export type Lease = {
  readonly id: LeaseId;
  readonly worker: WorkerId;
  readonly grant: Grant;
  readonly grantedAt: number;
  readonly expectedMs: number;
  readonly task: TaskKind;
  /** Nodes its worker has answered, by key. */
  readonly answered: Set<string>;
  /** No longer wanted, but not yet acknowledged: its worker is still busy. */
  revoked: boolean;
};

/** Leaves that nobody holds; `avoid` names a worker that has called them not finite and should not judge alone. */
export type OpenRange = { readonly from: number; readonly to: number; readonly avoid: WorkerId | null };

export type Sums = {
  readonly loss: number;
  readonly correct: number;
  readonly count: number;
  readonly tensor: TensorId | null;
};

/** One tree of work: the microbatches of a step, or an evaluation. */
export type Task = {
  readonly kind: TaskKind;
  readonly set: SetName;
  readonly leaves: number;
  readonly open: OpenRange[];
  readonly grants: Set<Grant>;
  readonly merger: TreeMerger<Sums>;
  /** Ranges once answered with "not finite", and by whom. */
  readonly doubts: OpenRange[];
};

export type RunStage =
  /** The task is the step at `progress`, or an evaluation of the validation set when the epoch's steps are done. */
  | { readonly type: 'training'; readonly task: Task }
  | { readonly type: 'validating'; readonly task: Task }
  | { readonly type: 'testing'; readonly task: Task; readonly reason: string }
  /** Waiting for the driver's `updated`. */
  | { readonly type: 'updating'; readonly sums: Sums }
  | { readonly type: 'ended' };

export type RunState = {
  readonly facts: RunFacts;
  stage: RunStage;
  progress: RunProgress;
  readonly workers: Map<WorkerId, WorkerState>;
  readonly leases: Map<LeaseId, Lease>;
  nextLease: LeaseId;
  /** Sums over the workers; see `load.ts`. */
  readonly load: Load;
  /** Who should take the next leaf; see `standing.ts`. */
  readonly standing: Standing;
  /** Null in a run that checks nothing. */
  readonly trust: TrustState | null;
  /** Time of the event at hand, in milliseconds. */
  now: number;
  /** Collects the effects of the transition at hand; merges of tensors come from inside the task's tree. */
  emit: (effect: Effect) => void;
};
