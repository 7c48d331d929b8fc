/**
 * What a cluster asks of its broker: records that are written by their revision, records that go by themselves when they are
 * not renewed, and contents of any size. `natsBroker.ts` is a real one, `brokerModel.ts` one in memory; `broker.suite.ts`
 * holds both to the same.
 */

export type Entry = { readonly value: Uint8Array; readonly revision: number };

export interface Records {
  /** Null: there is none. What is read may be old: only a write shows that it was not. */
  get(key: string): Promise<Entry | null>;
  /**
   * Writes where the record still has this revision; 0: where there is none.
   * @returns the new revision, higher than all before; null where the record is another by now, and nothing is written
   */
  put(key: string, value: Uint8Array, revision: number): Promise<number | null>;
  /** The same for its removal. @returns whether it was removed */
  remove(key: string, revision: number): Promise<boolean>;
  /** Of all records whose key begins so; `prefix` ends with a dot. In order. */
  keys(prefix: string): Promise<string[]>;
}

export interface Contents {
  /** Under a name that was never used before. Whole once it resolves. */
  put(name: string, content: Uint8Array): Promise<void>;
  /** Null: there is none, or not all of it. */
  get(name: string): Promise<Uint8Array | null>;
  /** What is not there is no problem. */
  remove(name: string): Promise<void>;
  /** In order. */
  names(): Promise<string[]>;
}

export interface Broker {
  readonly records: Records;
  /** Each goes when it was not written for `leaseMs`, by the broker's own clock. */
  readonly fleeting: Records;
  readonly contents: Contents;
  readonly leaseMs: number;
  /** The version of servers that may lose what they keep when several are killed within seconds; null for any others. */
  readonly forgetful: string | null;
  close(): Promise<void>;
}

/** No answer: what was asked may have been done or not. Trying again may help. */
export class BrokerAway extends Error {}

/** It has no room; nothing was written. */
export class BrokerFull extends Error {}
