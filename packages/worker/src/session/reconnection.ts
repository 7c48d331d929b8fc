/** When a session tries again to reach its coordinator, how long it waits, what it says of that, and when it gives up. */
import { backoffMs, type DisconnectFact, type ProtocolLimits, type SessionEndFact } from '@shoal/core';
import type { WorkerLimits } from '../limits.ts';
import type { ConnectFailure } from '../shell/connectFailure.ts';
import type { EndReason, SessionEffect } from './events.ts';

export type ReconnectionOptions = {
  readonly address: string;
  readonly protocolLimits: ProtocolLimits;
  readonly workerLimits: Pick<WorkerLimits, 'retryAfterMaxMs'>;
  readonly emit: (effect: SessionEffect) => void;
};

/** The session ends so: nothing is tried again. */
export type GivingUp = {
  readonly exitCode: 1 | 2;
  readonly fact: SessionEndFact;
  readonly why: EndReason | null;
};

export class Reconnection {
  readonly #options: ReconnectionOptions;
  /** Attempts and connections since work was last done. */
  #attempts = 0;
  #everJoined = false;
  /** Whether it waits for a next run, and how much of that has been told: each thing once, however often it asks. */
  #waiting: 'no' | 'for a run' | 'for the coordinator' = 'no';

  constructor(options: ReconnectionOptions) {
    this.#options = options;
  }

  get isBetweenRuns(): boolean {
    return this.#waiting === 'for a run';
  }

  joined(): void {
    this.#everJoined = true;
    this.#waiting = 'no';
  }

  /** Work was done, or somebody was there all the time: the next attempt is the first. */
  startOver(): void {
    this.#attempts = 0;
  }

  /** At once, with what little wait keeps a class from coming back in one moment. */
  soon(jitter: number): void {
    const { protocolLimits, emit } = this.#options;
    emit({ type: 'connect', afterMs: backoffMs(0, jitter, protocolLimits) });
  }

  /** The coordinator is there and another run may follow, so that this is no failure, however long it takes. */
  waitForRun(why: DisconnectFact, jitter: number): void {
    const { protocolLimits, emit } = this.#options;
    this.#attempts += 1;
    this.#everJoined = true;
    if (this.#waiting !== 'for a run') {
      emit({ type: 'log', level: 'info', fact: { type: 'waitsForRun', why } });
    }
    this.#waiting = 'for a run';
    emit({ type: 'connect', afterMs: backoffMs(this.#attempts - 1, jitter, protocolLimits) });
  }

  /** A connection could not be opened. Where the address has been good before, whatever stands in the way may go again. */
  failed({ cause, reason, isFinal, retryAfterMs }: ConnectFailure, jitter: number): GivingUp | null {
    if (isFinal && !this.#everJoined) return { exitCode: 2, fact: reason, why: cause };
    if (retryAfterMs === null) return this.lost(reason, cause, jitter);
    // Somebody is there and has said when: that is no attempt in vain.
    const { protocolLimits, workerLimits } = this.#options;
    const askedMs = Math.min(retryAfterMs, workerLimits.retryAfterMaxMs);
    this.#connect(reason, askedMs + backoffMs(0, jitter, protocolLimits));
    return null;
  }

  /** A connection is over. */
  lost(reason: DisconnectFact, why: EndReason | null, jitter: number): GivingUp | null {
    const { address, protocolLimits } = this.#options;
    this.#attempts += 1;
    if (!this.#everJoined && this.#attempts >= protocolLimits.firstConnectAttemptsMax) {
      return { exitCode: 1, fact: { type: 'coordinatorUnreachable', address, why: reason }, why };
    }
    this.#connect(reason, backoffMs(this.#attempts - 1, jitter, protocolLimits));
    return null;
  }

  #connect(why: DisconnectFact, afterMs: number): void {
    const { address, emit } = this.#options;
    if (this.#waiting !== 'for the coordinator') {
      emit({
        type: 'log',
        level: 'warn',
        fact: { type: 'connectionLost', address, why, retryMs: afterMs },
      });
    }
    if (this.#waiting !== 'no') this.#waiting = 'for the coordinator';
    emit({ type: 'connect', afterMs });
  }
}
