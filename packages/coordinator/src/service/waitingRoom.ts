/**
 * Workers that come while there is no run. They are told so at once, and ask again soon; from then on their connection
 * is held for a while before they are told again: if a run begins meanwhile they are let in at once, rather than at
 * their next attempt.
 */
import type { Hello } from '@shoal/core';
import type { WorkerConnection } from '../connection/workerConnection.ts';
import type { Proof } from '../run/admission/workerRegistry.ts';

/** Less than `helloTimeoutMs`, which goes on while the connection is held. */
const HOLD_MS = 5_000;
/** After this a worker that was sent away will have asked again. */
const RETURN_MS = 1_000;

export type Arrival = {
  readonly hello: Hello;
  readonly proof: Proof;
};

export class WaitingRoom {
  readonly #clock: () => number;
  readonly #turnAway: (connection: WorkerConnection) => void;
  readonly #held = new Map<WorkerConnection, { readonly arrival: Arrival; readonly timer: NodeJS.Timeout }>();
  /** What workers that were told to come back call themselves, and when; they are few, since they come back soon. */
  readonly #away = new Map<string, number>();

  /** `turnAway` says why, and ends the connection. */
  constructor(clock: () => number, turnAway: (connection: WorkerConnection) => void) {
    this.#turnAway = turnAway;
    this.#clock = clock;
  }

  /** `isSoon`: a run is about to begin, so that even a first comer is not sent away. */
  enter(connection: WorkerConnection, arrival: Arrival, isSoon: boolean): void {
    const { hello } = arrival;
    const isBack = this.#away.delete(hello.identity);
    if (!isBack && !isSoon) return this.sendAway(connection, hello.identity);
    const timer = setTimeout(() => {
      this.leave(connection);
      this.sendAway(connection, hello.identity);
    }, HOLD_MS);
    this.#held.set(connection, { arrival, timer });
  }

  /** The connection is over. */
  leave(connection: WorkerConnection): void {
    clearTimeout(this.#held.get(connection)?.timer);
    this.#held.delete(connection);
  }

  /** The worker asks again soon. */
  sendAway(connection: WorkerConnection, identity: string): void {
    this.expect(identity);
    this.#turnAway(connection);
  }

  /** A worker that was told to come back elsewhere, at the end of its run. */
  expect(identity: string): void {
    this.#giveUpTheGone();
    // Behind the others, if it is among them already.
    this.#away.delete(identity);
    this.#away.set(identity, this.#clock());
  }

  /** The oldest come first. */
  #giveUpTheGone(): void {
    const now = this.#clock();
    for (const [identity, at] of this.#away) {
      if (now - at <= RETURN_MS) break;
      this.#away.delete(identity);
    }
  }

  /** A run begins: everyone may go on. */
  open(admit: (connection: WorkerConnection, arrival: Arrival) => void): void {
    for (const [connection, { arrival }] of [...this.#held]) {
      this.leave(connection);
      admit(connection, arrival);
    }
  }

  /** No run will follow. Resolves when those who were sent away have had time to come and hear it. */
  async close(tell: (connection: WorkerConnection) => void): Promise<void> {
    for (const connection of [...this.#held.keys()]) {
      this.leave(connection);
      tell(connection);
    }
    for (this.#giveUpTheGone(); this.#away.size > 0; this.#giveUpTheGone()) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Has come back, and is let in or told the end. */
  forget(identity: string): void {
    this.#away.delete(identity);
  }
}
