/**
 * A broker whose connection is made anew when it has answered nothing for long. A client comes back by itself where servers were
 * lost, but what befalls it in the middle of coming back may leave it silent for ever: then its coordinator would stand by for ever.
 */
import { type Broker, BrokerAway, type Contents, type Records } from './broker.ts';

export type LastingBrokerOptions = {
  /** One attempt. Rejects where the servers cannot be used yet. */
  readonly reopen: () => Promise<Broker>;
  /** Without any answer for so long, a connection is given up; so long is waited after an attempt that failed. */
  readonly silenceMs: number;
  /** Milliseconds that never go back. */
  readonly clock: () => number;
};

export class LastingBroker implements Broker {
  readonly leaseMs: number;
  readonly forgetful: string | null;
  readonly records: Records;
  readonly fleeting: Records;
  readonly contents: Contents;
  readonly #options: LastingBrokerOptions;
  #current: Broker;
  /** Since when every question has failed; null while they are answered. */
  #silentSince: number | null = null;
  #renewing: Promise<void> | null = null;
  #isClosed = false;

  constructor(first: Broker, options: LastingBrokerOptions) {
    this.#current = first;
    this.#options = options;
    this.leaseMs = first.leaseMs;
    this.forgetful = first.forgetful;
    this.records = this.#recordsOf(({ records }) => records);
    this.fleeting = this.#recordsOf(({ fleeting }) => fleeting);
    this.contents = {
      put: (name, content) => this.#ask(({ contents }) => contents.put(name, content)),
      get: (name) => this.#ask(({ contents }) => contents.get(name)),
      remove: (name) => this.#ask(({ contents }) => contents.remove(name)),
      names: () => this.#ask(({ contents }) => contents.names()),
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#renewing;
    await this.#current.close();
  }

  #recordsOf(of: (broker: Broker) => Records): Records {
    return {
      get: (key) => this.#ask((broker) => of(broker).get(key)),
      put: (key, value, revision) => this.#ask((broker) => of(broker).put(key, value, revision)),
      remove: (key, revision) => this.#ask((broker) => of(broker).remove(key, revision)),
      keys: (prefix) => this.#ask((broker) => of(broker).keys(prefix)),
    };
  }

  async #ask<T>(question: (broker: Broker) => Promise<T>): Promise<T> {
    const asked = this.#current;
    try {
      const answer = await question(asked);
      this.#heard(asked);
      return answer;
    } catch (error) {
      // That there is no room is an answer, too.
      if (error instanceof BrokerAway) this.#missed(asked);
      else this.#heard(asked);
      throw error;
    }
  }

  #heard(asked: Broker): void {
    if (asked === this.#current) this.#silentSince = null;
  }

  #missed(asked: Broker): void {
    if (asked !== this.#current) return;
    const now = this.#options.clock();
    this.#silentSince ??= now;
    if (now - this.#silentSince < this.#options.silenceMs || this.#renewing !== null || this.#isClosed)
      return;
    this.#renewing = this.#renew().finally(() => {
      this.#renewing = null;
    });
  }

  async #renew(): Promise<void> {
    const before = this.#current;
    try {
      this.#current = await this.#options.reopen();
      this.#silentSince = null;
      // Whoever still waits for an answer there hears that there is none.
      await before.close();
    } catch {
      this.#silentSince = this.#options.clock();
    }
  }
}
