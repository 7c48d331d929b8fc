/**
 * What every room of the transition sees of a run: ids, counts and versions, never a tensor. Like all of the state it is
 * plain data, without functions and instances of classes, so that it can be printed, copied and gone on with.
 */
import type { FactOf, PauseFact, RunProgress } from '@shoal/core';
import type { RunFacts } from './facts.ts';
import type { LeaseId, WorkerId } from './ids.ts';
import type { Pace } from './pace.ts';
import type { Lease, RunStage, Task } from './task.ts';
import type { Credit, WorkerState } from './worker.ts';

export type RunCore = {
  readonly facts: RunFacts;
  stage: RunStage;
  progress: RunProgress;
  /** Why nothing is granted for the time being; null while the run goes on. */
  paused: PauseFact | null;
  /** It is not certain that nobody else leads the run: nothing is granted, whatever the operator says. */
  held: boolean;
  /** How fast steps follow each other where somebody watches. */
  readonly pace: Pace;
  /** Why the run ends after the step or validation at hand; null unless the operator asked for that. */
  finishing: FactOf<'operatorFinished'> | null;
  readonly workers: Map<WorkerId, WorkerState>;
  /** Those of them that are to go when they hold nothing any more. */
  readonly draining: Set<WorkerId>;
  /** Samples by identity of workers that have left: most come back under another number. For display only. */
  readonly contributed: Map<string, number>;
  /** What of their work counted and what did not; as little depends on it. */
  readonly credits: Map<string, Credit>;
  readonly leases: Map<LeaseId, Lease>;
  nextLease: LeaseId;
  /** Leases that were answered whole, and late ones that were granted to another as well. For display only. */
  leasesAnswered: number;
  leasesRegranted: number;
};

export function taskOf({ stage }: Pick<RunCore, 'stage'>): Task | null {
  return 'task' in stage ? stage.task : null;
}
