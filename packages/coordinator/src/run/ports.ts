/** What the driver needs of the world; the real ones are sockets, a disk and a clock, a simulation brings its own. */
import type { Answer, ByeName, DepartureFact, OptimizerState, RunProgress, Vouchers } from '@shoal/core';
import type { Outgoing } from '../connection/workerConnection.ts';
import type { Evidence, VerifyEffect } from '../transition/model/effects.ts';
import type { Contributor } from '../transition/model/events.ts';
import type { WorkerId } from '../transition/model/ids.ts';

export interface WorkersPort {
  /** Unknown workers are ignored. */
  send(worker: WorkerId, outgoing: Outgoing): void;
  bye(worker: WorkerId, code: ByeName, why: DepartureFact): void;
  isGateway(worker: WorkerId): boolean;
  /** Whose work a gateway's answer is; null where it names somebody whom nobody has vouched for. */
  contributors(worker: WorkerId, by: Uint32Array): readonly Contributor[] | null;
  /** Whoever is a guest of a gateway under this identity is to be sent away. */
  convicted(identity: string): void;
}

/** Everything that a resumed run needs, copied so that the run may go on while it is written. */
export type Snapshot = {
  readonly progress: RunProgress;
  readonly parameters: Float32Array;
  readonly optimizer: OptimizerState;
  /** Who has vouched for answers in it; empty in a run that checks nothing. */
  readonly vouchers: Vouchers;
};

/** A state to go back to, with the best parameters as they were then. */
export type KeptState = Snapshot & { readonly best: Float32Array | null };

/** An executor of the coordinator's own, whose answers are right by definition. */
/** What leaves are computed with beside their samples. */
export type Computing = {
  /** The vector of the version at hand. */
  readonly parameters: () => Float32Array;
  /** What all leaves of the step are rounded by, where there is such. */
  readonly scales: Float32Array | null;
};

export interface TrustedPort {
  /**
   * Computes the range. The parameters are those of the effect's version and are read, if at all, within the call;
   * `done` is called once and never within the call, unless `abandon` comes first.
   */
  compute(
    effect: VerifyEffect,
    computing: Computing,
    done: (nodes: readonly Answer<Float32Array>[]) => void,
  ): void;
  /** Nothing that was asked for so far is wanted any more. */
  abandon(): void;
}

export interface CheckpointsPort {
  /** Takes the snapshot's bytes before returning; writes them in the background. */
  save(snapshot: Snapshot, best: boolean): void;
  /** The same for a history, known by `mark`; it stays until it is dropped. */
  keep(mark: number, state: KeptState): void;
  drop(mark: number): void;
}

/** What is remembered of identities beyond the run's state. */
export interface VerdictsPort {
  /** To be kept: no later checkpoint may be kept without it. */
  convicted(evidence: Evidence): void;
  /** So many answers of this identity have been found right by now. */
  verified(identity: string, answers: number): void;
}
