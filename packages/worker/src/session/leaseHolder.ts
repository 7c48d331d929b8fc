/** Who holds the leases of a session: one that computes them here (`computing.ts`), or hands them on (`lending.ts`). */
import type {
  ConnectionFact,
  CoordinatorSaying,
  FactOf,
  FailureCode,
  IncapableFact,
  LeaseMessage,
  UnsealedParameters,
  Welcome,
} from '@shoal/core';
import type { BlockSource } from './blockFetches.ts';
import type { EndReason, SessionEffect, WorkEvent } from './events.ts';
import type { RunContext } from './runContext.ts';

/** A run that is taken part in from now on. */
export type JoinedRun = {
  readonly run: RunContext;
  readonly welcome: Welcome;
  /** Where its data blocks are. */
  readonly source: BlockSource;
  /** Its data set is the one of the run before. */
  readonly isSameData: boolean;
};

/** What a coordinator says of a run, beside the leases, that concerns whoever holds them. */
export type WorkMessage =
  | UnsealedParameters
  | Extract<
      CoordinatorSaying,
      { readonly type: 'revoke' | 'counted' | 'coordinators' | 'vouched' | 'dismissed' }
    >;

export interface LeaseHolder {
  /** Leases that are not over. */
  readonly held: number;
  has(lease: number): boolean;
  /** A run is offered that this worker can compute; `isSameWork` as in the run before. It may still be turned down. */
  prepare(run: RunContext, isSameWork: boolean): void;
  joined(joined: JoinedRun): void;
  /** A lease that fits the run and has so many samples. */
  take(message: LeaseMessage, run: RunContext, samples: number, now: number): void;
  hear(message: WorkMessage): void;
  handle(event: WorkEvent, now: number): void;
  /** The connection is over, and with it what was granted over it; `bye` is what the coordinator has said. */
  abandon(bye: FactOf<'coordinatorSaid'> | null): void;
}

export type HolderFactory = (control: SessionControl) => LeaseHolder;

/** What a session does for those parts of it that work. */
export type SessionControl = {
  readonly emit: (effect: SessionEffect) => void;
  readonly log: (level: 'info' | 'warn', fact: ConnectionFact) => void;
  /** The coordinator is told that a lease is not answered. */
  readonly failed: (lease: number, code: FailureCode, message: string) => void;
  /** Ends the connection; the worker comes back later. */
  readonly close: () => void;
  /**
   * The same, of one whose other side does not keep to the protocol.
   * @param detail for whoever writes a coordinator: the end of a sentence that begins with it
   */
  readonly misunderstood: (detail: string) => void;
  /** Ends the session: this worker takes no part any more. */
  readonly giveUp: (fact: IncapableFact, why: EndReason | null) => void;
  /** A lease has come that is more than a probe: whatever went wrong with connections before is forgotten. */
  readonly workBegins: () => void;
};
