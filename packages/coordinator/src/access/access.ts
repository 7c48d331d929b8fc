/**
 * Who somebody is, by the token that they bring. The rest of the coordinator knows this interface only: how tokens are
 * made, kept and checked is hidden behind it.
 */
import type { DismissalFact, Role } from '@shoal/core';

export type Identity = {
  readonly role: Role;
  /** The token's id: connections are counted by it, and it can be revoked. */
  readonly token: string;
  /** The id of the link by which a worker's own credential was got; null for a link itself. */
  readonly via: string | null;
  /** Seconds since 1970; null for a secret, which has no dates. */
  readonly issuedAt: number | null;
  readonly expiresAt: number | null;
};

export type Identification =
  | { readonly type: 'known'; readonly identity: Identity }
  /** Why this token opens nothing, as a worker is told. */
  | { readonly type: 'refused'; readonly code: 'badToken' | 'revoked'; readonly why: DismissalFact };

/** A worker's own token and the id by which it can be revoked. */
export type Credential = { readonly token: string; readonly id: string };

/** The id of the workers of this machine, who are not strangers. */
export const LOCAL_ID = 'local';

/** Ends what is held open by a token, and says why as a worker is told. */
export type End = (code: 'badToken' | 'revoked', why: DismissalFact) => void;

/** What was revoked: one token (and what was got by it), or all of a role. */
export type Revoked = { readonly token: string } | { readonly role: Role };

export interface Access {
  /** The time it takes tells nothing about the token. */
  identify(token: string): Promise<Identification>;
  /** A token that opens what this role may; what the printed links carry. */
  tokenFor(role: Role): Promise<string>;
  /** Whether the link to watch opens the samples that a page shows. */
  readonly viewersReadData: boolean;
  /** For workers that this process starts on its own machine; it ends with the process. */
  readonly localToken: string;
  /** A worker's own token, to come back with; null when the one that it has will do. */
  credentialFor(identity: Identity): Promise<Credential | null>;
  /**
   * What is held open by it ends at once.
   * @throws UserError when no more single tokens can be revoked
   */
  revoke(what: Revoked): Promise<void>;
  /** `end` is called when the token is revoked or expires. `credential` is the id of one that was given for it. @returns to be called when it is over anyway */
  hold(identity: Identity, end: End, credential?: string | null): () => void;
  /** Ends what is held open by tokens that have expired; to be called every few seconds. */
  endExpired(): void;
  /** Reads anew what another coordinator of the cluster may have changed; nothing for one that is alone. */
  refresh(): Promise<void>;
  /**
   * Lays down key and links in a folder that has none. Where another coordinator was there first, its key and links hold here
   * as well from now on: only before anybody has been told a token.
   */
  found(folder: string): Promise<void>;
  /** Keeps in a run's folder what a resumed coordinator needs to know the same tokens again. */
  keepIn(folder: string): Promise<void>;
  /** Removes it from the folder of a run that nobody can resume, so that a copy of that folder opens nothing. */
  leave(folder: string): Promise<void>;
}

/** What a request wants; `compute` is to join as a worker, `data` to read the data set, for viewers what a page shows. */
export type Action = 'watch' | 'data' | 'compute' | 'control';

const MAY: Readonly<Record<Role, readonly Action[]>> = {
  viewer: ['watch', 'data'],
  worker: ['watch', 'data', 'compute'],
  gateway: ['data', 'compute'],
  operator: ['watch', 'data', 'compute', 'control'],
};

export const may = (role: Role, action: Action): boolean => MAY[role].includes(action);
