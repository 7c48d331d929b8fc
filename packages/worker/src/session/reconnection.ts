/** When a session tries again to reach its coordinator, how long it waits, what it says of that, and when it gives up. */
import { backoffMs, type DisconnectFact, type ProtocolLimits, type SessionEndFact } from '@shoal/core';
import type { WorkerLimits } from '../limits.ts';
import type { ConnectFailure } from '../shell/connectFailure.ts';
import type { Addresses } from './addresses.ts';
import type { EndReason, SessionEffect } from './events.ts';

export type ReconnectionOptions = {
  readonly addresses: Addresses;
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
  #waiting: 'no' | 'for a run' | 'for a leader' | 'for the coordinator' = 'no';

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
    this.#open(backoffMs(0, jitter, this.#options.protocolLimits));
  }

  /** The coordinator is there and another run may follow, so that this is no failure, however long it takes. */
  waitForRun(why: DisconnectFact, jitter: number): void {
    this.#attempts += 1;
    this.#everJoined = true;
    if (this.#waiting !== 'for a run') {
      this.#options.emit({ type: 'log', level: 'info', fact: { type: 'waitsForRun', why } });
    }
    this.#waiting = 'for a run';
    this.#open(this.#backoffMs(jitter));
  }

  /** A coordinator is there that does not lead: another does, or this one will, so that this is no failure either. */
  waitForLeader(why: DisconnectFact, jitter: number): void {
    this.#attempts += 1;
    this.#everJoined = true;
    const { addresses, emit } = this.#options;
    if (this.#waiting !== 'for a leader') {
      emit({ type: 'log', level: 'info', fact: { type: 'looksForLeader', address: addresses.current, why } });
    }
    this.#waiting = 'for a leader';
    addresses.next();
    this.#open(this.#backoffMs(jitter));
  }

  /** A connection could not be opened. Where the address has been good before, whatever stands in the way may go again. */
  failed({ cause, reason, isFinal, retryAfterMs }: ConnectFailure, jitter: number): GivingUp | null {
    if (isFinal && !this.#everJoined) return { exitCode: 2, fact: reason, why: cause };
    if (retryAfterMs === null) return this.lost(reason, cause, jitter);
    // Somebody is there and has said when: that is no attempt in vain.
    const { protocolLimits, workerLimits } = this.#options;
    const askedMs = Math.min(retryAfterMs, workerLimits.retryAfterMaxMs);
    this.#elsewhere(reason, askedMs + backoffMs(0, jitter, protocolLimits));
    return null;
  }

  /** A connection is over. */
  lost(reason: DisconnectFact, why: EndReason | null, jitter: number): GivingUp | null {
    const { addresses, protocolLimits } = this.#options;
    this.#attempts += 1;
    if (!this.#everJoined && this.#attempts >= protocolLimits.firstConnectAttemptsMax) {
      const fact = { type: 'coordinatorUnreachable', address: addresses.current, why: reason } as const;
      return { exitCode: 1, fact, why };
    }
    this.#elsewhere(reason, this.#backoffMs(jitter));
    return null;
  }

  /** Longer and longer, once all addresses have been tried. */
  #backoffMs(jitter: number): number {
    const { addresses, protocolLimits } = this.#options;
    return backoffMs(Math.floor((this.#attempts - 1) / addresses.count), jitter, protocolLimits);
  }

  /** At the next address, where there are several. */
  #elsewhere(why: DisconnectFact, afterMs: number): void {
    const { addresses, emit } = this.#options;
    const address = addresses.current;
    if (this.#waiting !== 'for the coordinator') {
      emit({
        type: 'log',
        level: 'warn',
        fact: { type: 'connectionLost', address, why, retryMs: afterMs },
      });
    }
    if (this.#waiting !== 'no') this.#waiting = 'for the coordinator';
    addresses.next();
    this.#open(afterMs);
  }

  #open(afterMs: number): void {
    const { addresses, emit } = this.#options;
    emit({ type: 'connect', address: addresses.current, afterMs });
  }
}
