/**
 * Who somebody is, by the token that they bring. The rest of the coordinator knows this interface only: how tokens are
 * made, kept and checked is the matter of what stands behind it.
 */
import type { Role } from '@shoal/core';

export type Identity = { readonly role: Role };

export interface Access {
  /** Null for a token that opens nothing. The time it takes tells nothing about the token. */
  identify(token: string): Promise<Identity | null>;
  /** A token that opens what this role may; what the printed links carry. */
  tokenFor(role: Role): Promise<string>;
  /** Keeps in a run's folder what a resumed coordinator needs to know the same tokens again. */
  keepIn(folder: string): Promise<void>;
}

/** What a request wants; `compute` is to join as a worker, `data` to read the data set. */
export type Action = 'watch' | 'data' | 'compute' | 'control';

const MAY: Readonly<Record<Role, readonly Action[]>> = {
  viewer: ['watch'],
  worker: ['watch', 'data', 'compute'],
  operator: ['watch', 'data', 'compute', 'control'],
};

export const may = (role: Role, action: Action): boolean => MAY[role].includes(action);

/** The sentence for a bearer whose role does not go so far. */
export function forbidden(role: Role, action: Action): string {
  switch (action) {
    case 'control':
      return `Your link is for a ${role}; only the operator may do this. Open the dashboard link that the coordinator printed when it started.`;
    case 'data':
    case 'compute':
      return `Your link is for a ${role}, who may not read the data set. Use the join link or the operator's.`;
    case 'watch':
      return `Your link is for a ${role}, who may not watch. Use the link to watch.`;
  }
}

export const UNKNOWN_TOKEN =
  'The token is missing or wrong. Use the whole link that the coordinator printed, with what follows the #.';

/** Why a worker's hello with this token is turned away. */
export const refusedHello = (token: string): string =>
  token === ''
    ? 'This run needs a join token: use the whole join link that the coordinator prints, or give --token.'
    : 'The join token is wrong: use the join link that the coordinator prints for this run.';
