/** A worker as the transition knows it. */
import type { WorkerMode } from '@shoal/core';
import type { Belief } from './belief.ts';
import type { WorkerId } from './ids.ts';
import type { Lease } from './task.ts';

/**
 * Whether a worker's leases carry the values of their samples: one that is ready needs none; of one that has just come it
 * is not known what it can fetch, and it takes what costs the line less; to one that can fetch nothing they always come.
 */
export type ValuesNeed = 'none' | 'cheaper' | 'always';

export type WorkerState = Counting & {
  readonly id: WorkerId;
  readonly identity: string;
  readonly name: string;
  readonly origin: string | null;
  belief: Belief;
  /** Of a gateway: how many workers it stands for. Null for every other worker. */
  crew: number | null;
  readonly joinedAt: number;
  values: ValuesNeed;
  /** Newest parameter version sent to it. */
  version: number;
  /** Was granted a lease of the current step. */
  workedInStep: boolean;
  /** Steps in a row without a lease, and after how many it is tried. */
  idleSteps: number;
  trialAfter: number;
  leasesLost: number;
  /** Answers that the trusted worker has found right. */
  checked: number;
  /** Training samples whose sums this worker was the first to bring. */
  samples: number;
  /** For people: what of its work counted, and what came too late. */
  readonly credit: Credit;
};

/** What sharing out work goes by. `placement/load.ts` alone changes it, and keeps the sums over all workers with it. */
export type Counting = {
  readonly phase: 'probing' | 'active';
  /** A gateway that nobody hangs from has none. */
  readonly threads: number;
  /** Leases that it may hold at a time. */
  readonly leasesMax: number;
  /** What the operator has asked of it; a draining worker goes when it holds nothing any more. */
  readonly mode: WorkerMode;
  /** Leases granted and not yet answered, failed or acknowledged as revoked; oldest first. */
  readonly held: readonly Lease[];
  /** When it began with the oldest of them, as far as can be told from here. */
  readonly busySince: number;
  /** So late that it counts for nothing until it answers. */
  readonly stalled: boolean;
  /** False when others will be done with the task before this one could answer at all. */
  readonly inReach: boolean;
  /** Its part in the sums over all workers; null while it counts for nothing. */
  readonly counted: Readonly<Load> | null;
} & Readonly<Measured>;

/** What its answers tell of a worker; see `placement/measure.ts`. */
export type Measured = {
  /** Training microbatches a millisecond. */
  speed: number;
  /** What a lease takes beside computing (messages on the way, copying, waiting); the newest last. */
  overheads: readonly number[];
  /** Their median: one that was held up by chance does not count. */
  overheadMs: number;
  leasesDone: number;
};

/** What a worker that counts adds to the sums over all; see `placement/load.ts`. */
export type Load = {
  /** Sum of the speeds of all workers that count. */
  speed: number;
  /** The same over those that hold leases, and the sum of speed × the time they will be done at. */
  busySpeed: number;
  busyEnds: number;
  /** Over those that hold none, the work they could do in the time that a lease takes beside computing. */
  idleLead: number;
};

/** What came of a worker's answers, for people; see `placement/credit.ts`. */
export type Credit = {
  /** When an answer last counted, and when a lease last ended with nothing of it counted; null before the first. */
  countedAt: number | null;
  lateAt: number | null;
  /** What most of the time of that lease went into; `slow` where its worker had not answered the probe yet. */
  lateBy: 'line' | 'machine' | 'slow';
  /** On this connection its worker has been told that an answer counted. */
  told: boolean;
  /** Training samples that others answered first, and leases of which nothing counted. */
  samplesLate: number;
  leasesLate: number;
  /** Training microbatches a millisecond by the worker's own account; unlike its speed not lowered by leases it lost. */
  ownSpeed: number;
  /** Training samples that counted: in the window that began at `windowFrom`, and in the one before. */
  windowFrom: number;
  inWindow: number;
  inWindowBefore: number;
};

/** May be granted work. */
export const takesWork = (worker: WorkerState): boolean =>
  worker.phase === 'active' && worker.mode === 'working' && worker.threads > 0;

/** May be granted work, and is not waited for in vain. */
export const isThere = (worker: WorkerState): boolean => takesWork(worker) && !worker.stalled;

/** Is granted work as things are, and so can be asked for a second opinion. */
export const takesPart = (worker: WorkerState): boolean => isThere(worker) && worker.inReach;
