/** What a run is fixed to for its whole life, and the named bounds of placing its work. */
import { DEFAULT_LIMITS, type RunSpec } from '@shoal/core';
import type { SetName } from './ids.ts';

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
  /** A worker that has said how far it is, and then gets no further for so long, is no longer believed to be at it. */
  readonly progressSilenceMs: number;
  /** A lease without any answer, or word of how far it is, for so long ends the connection. */
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
  progressSilenceMs: 5_000,
  unansweredMs: 120_000,
  probeTimeoutMs: DEFAULT_LIMITS.probeTimeoutMs,
  laggingMs: 100,
  leasesOpenMin: 32,
  takingPartMin: 32,
  trialAfterSteps: 4,
  trialAfterStepsMax: 256,
};
