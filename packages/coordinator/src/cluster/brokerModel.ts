/**
 * A broker in memory, for simulations and tests: what it keeps, by a clock that is given, and one line to it for each of its
 * clients, which can be cut or lose a question or an answer.
 */
import { type Broker, BrokerAway, BrokerFull, type Contents, type Entry, type Records } from './broker.ts';

export type BrokerModelOptions = {
  readonly leaseMs: number;
  /** Milliseconds that never go back. */
  readonly clock: () => number;
};

type Kept = Entry & { readonly at: number };

export class BrokerModel {
  readonly leaseMs: number;
  readonly #clock: () => number;
  readonly #records = new Map<string, Kept>();
  readonly #fleeting = new Map<string, Kept>();
  readonly #contents = new Map<string, Uint8Array>();
  #revision = 0;
  /** No more contents can be kept; records are small, and have room of their own. */
  isFull = false;

  constructor({ leaseMs, clock }: BrokerModelOptions) {
    this.leaseMs = leaseMs;
    this.#clock = clock;
  }

  connect(line: BrokerLine = OPEN_LINE): Broker {
    const { leaseMs } = this;
    return {
      leaseMs,
      records: this.#recordsOf(this.#records, Number.POSITIVE_INFINITY, line),
      fleeting: this.#recordsOf(this.#fleeting, leaseMs, line),
      contents: this.#contentsOf(line),
      forgetful: null,
      close: async () => {},
    };
  }

  #recordsOf(kept: Map<string, Kept>, leaseMs: number, line: BrokerLine): Records {
    const live = (key: string): Kept | null => {
      const found = kept.get(key);
      return found === undefined || this.#clock() - found.at >= leaseMs ? null : found;
    };
    const isOther = (key: string, revision: number): boolean => (live(key)?.revision ?? 0) !== revision;
    return {
      get: (key) =>
        ask(line, () => {
          const found = live(key);
          return found === null ? null : { value: found.value.slice(), revision: found.revision };
        }),
      put: (key, value, revision) => {
        const bytes = value.slice();
        return ask(line, () => {
          if (isOther(key, revision)) return null;
          this.#revision += 1;
          kept.set(key, { value: bytes, revision: this.#revision, at: this.#clock() });
          return this.#revision;
        });
      },
      remove: (key, revision) => ask(line, () => !isOther(key, revision) && kept.delete(key)),
      keys: (prefix) =>
        ask(line, () =>
          [...kept.keys()].filter((key) => key.startsWith(prefix) && live(key) !== null).sort(),
        ),
    };
  }

  #contentsOf(line: BrokerLine): Contents {
    return {
      put: (name, content) => {
        const bytes = content.slice();
        const keep = (): void => {
          if (this.isFull) throw new BrokerFull('The broker has no room.');
          this.#contents.set(name, bytes);
        };
        return ask(line, keep, bytes.length);
      },
      get: (name) => ask(line, () => this.#contents.get(name)?.slice() ?? null),
      remove: (name) =>
        ask(line, () => {
          this.#contents.delete(name);
        }),
      names: () => ask(line, () => [...this.#contents.keys()].sort()),
    };
  }
}

/** The way from a client to the broker and back. Resolves when a message is there; rejects when it never will be. */
export interface BrokerLine {
  /** @param contentBytes of a content that is put; 0 for whatever else */
  forth(contentBytes: number): Promise<void>;
  back(): Promise<void>;
}

const OPEN_LINE: BrokerLine = { forth: async () => {}, back: async () => {} };

async function ask<T>(line: BrokerLine, act: () => T, contentBytes = 0): Promise<T> {
  try {
    await line.forth(contentBytes);
  } catch {
    throw new BrokerAway('The broker does not answer.');
  }
  const answer = act();
  try {
    await line.back();
  } catch {
    throw new BrokerAway('The broker does not answer.');
  }
  return answer;
}
