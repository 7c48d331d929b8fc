/**
 * The state of a run as the coordinator's transition owns it: ids, counts and versions, never a tensor.
 * Its durable part, `Progress`, is what a checkpoint carries; the rest is made anew after a restart.
 */
import {
  DEFAULT_LIMITS,
  type Node,
  type RunProgress,
  type RunSpec,
  type TreeMerger,
  type TrustSpec,
  type WorkerMode,
} from '@shoal/core';
import type { Credit } from './credit.ts';
import type { Effect, SetName, TaskKind } from './effects.ts';
import type { LeaseId, TensorId, WorkerId } from './events.ts';
import type { GradientGroups } from './groups.ts';
import type { Load } from './load.ts';
import type { Scrutiny } from './scrutiny.ts';
import type { Serving } from './serving.ts';
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
  /** A coordinator whose own clock ticks so late has more to do than it can, and grants fewer leases at a time … */
  readonly laggingMs: number;
  /** … but never fewer than these. */
  readonly leasesOpenMin: number;
  /** So many workers take part in a task whatever it costs to serve them. */
  readonly takingPartMin: number;
  /** Steps without a lease after which a worker is tried, and after how many at most when trials change nothing. */
  readonly trialAfterSteps: number;
  readonly trialAfterStepsMax: number;
};

export const DEFAULT_SCHEDULING: SchedulingLimits = {
  leasesHeldMax: DEFAULT_LIMITS.leasesHeldMax,
  overdueFactor: 2,
  overdueMinMs: 500,
  stalledMs: 2_000,
  unansweredMs: 120_000,
  probeTimeoutMs: DEFAULT_LIMITS.probeTimeoutMs,
  laggingMs: 100,
  leasesOpenMin: 32,
  takingPartMin: 32,
  trialAfterSteps: 4,
  trialAfterStepsMax: 256,
};

/** How workers are checked; the parameters do not depend on it. */
export type TrustPolicy = Pick<TrustSpec, 'spotCheck' | 'quorum'>;

/**
 * `believed`: the coordinator started it on its own machine, and its answers are taken like the trusted worker's.
 * `checked`: anybody else, as far as the policy says. `suspected`: it was made to lie, and each of its answers is
 * computed a second time, whatever the policy says.
 */
export type Belief = 'believed' | 'checked' | 'suspected';

export type WorkerState = {
  readonly id: WorkerId;
  readonly identity: string;
  readonly name: string;
  readonly threads: number;
  readonly origin: string | null;
  belief: Belief;
  readonly joinedAt: number;
  phase: 'probing' | 'active';
  /** What the operator has asked of it; a draining worker goes when it holds nothing any more. */
  mode: WorkerMode;
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
  /** What a lease takes beside computing (messages on the way, copying, waiting), measured; the newest last. */
  readonly overheads: number[];
  /** Their median: one that was held up by chance does not count. */
  overheadMs: number;
  /** False when others will be done with the task before this one could answer at all. */
  inReach: boolean;
  /** Steps in a row without a lease, and after how many it is tried. */
  idleSteps: number;
  trialAfter: number;
  leasesDone: number;
  leasesLost: number;
  /** Answers that the trusted worker has found right. */
  checked: number;
  /** Training samples whose sums this worker was the first to bring. */
  samples: number;
  /** For people: what of its work counted, and what came too late. */
  readonly credit: Credit;
};

/** May be granted work. */
export const takesWork = (worker: WorkerState): boolean =>
  worker.phase === 'active' && worker.mode === 'working';

/** Whether an answer of its own has to be found right, or agreed to, before it counts. */
export const isWatched = ({ trust }: RunState, { belief }: WorkerState): boolean =>
  belief === 'suspected' || (belief === 'checked' && isChecked(trust.policy));

/** Whether anybody's answers are looked at. */
export const isChecked = ({ spotCheck, quorum }: TrustPolicy): boolean => spotCheck > 0 || quorum > 1;

/** Is granted work as things are, and so can be asked for a second opinion. */
export const takesPart = (worker: WorkerState): boolean =>
  takesWork(worker) && !worker.stalled && worker.inReach;

/** A range of leaves handed out; several leases of it are copies and the first answer to each node wins. */
export type Grant = {
  readonly from: number;
  readonly to: number;
  /** Of these leaves. */
  readonly samples: number;
  /** Nodes not answered yet, by key. */
  readonly remaining: Map<string, Node>;
  /** Every node of the range: an answer that names another is malformed. */
  readonly nodes: ReadonlySet<string>;
  readonly holders: Set<LeaseId>;
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
  /** Nodes its worker has answered, by key. */
  readonly answered: Set<string>;
  /** Samples of those that entered the sums, or are held until others agree. */
  counted: number;
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
  /** Null where the gradient is summed to one. */
  readonly groups: GradientGroups | null;
  readonly open: OpenRange[];
  readonly grants: Set<Grant>;
  readonly merger: TreeMerger<Sums>;
  /** Ranges once answered with "not finite", and by whom. */
  readonly doubts: OpenRange[];
  /** Workers without work have been considered for trials. */
  tried: boolean;
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
  /** Why nothing is granted for the time being; null while the run goes on. */
  paused: string | null;
  /** Why the run ends after the step or validation at hand; null unless the operator asked for that. */
  finishing: string | null;
  readonly workers: Map<WorkerId, WorkerState>;
  /** Those of them that are to go when they hold nothing any more. */
  readonly draining: Set<WorkerId>;
  /** Samples by identity of workers that have left: most come back under another number. For display only. */
  readonly contributed: Map<string, number>;
  /** What of their work counted and what did not; as little depends on it. */
  readonly credits: Map<string, Credit>;
  readonly leases: Map<LeaseId, Lease>;
  nextLease: LeaseId;
  /** Sums over the workers; see `load.ts`. */
  readonly load: Load;
  /** Who should take the next leaf; see `standing.ts`. */
  readonly standing: Standing;
  readonly trust: TrustState;
  /** Leases that may be open at a time; infinite as long as the coordinator keeps up. */
  leasesOpenMax: number;
  /** When that was last lowered. */
  loweredAt: number;
  /** How many take part in the task at hand, at least 1. */
  takingPart: number;
  /** What serving workers costs this process; see `serving.ts`. */
  readonly serving: Serving;
  /** Time of the event at hand, in milliseconds. */
  now: number;
  /** Collects the effects of the transition at hand; merges of tensors come from inside the task's tree. */
  emit: (effect: Effect) => void;
};
