/** Who may read the data set from a gateway: those who have joined it and whom the coordinator has vouched for. */
import { createHash } from 'node:crypto';
import type { Access, Identification } from '../access/access.ts';

const UNKNOWN: Identification = { type: 'refused', code: 'badToken', why: { type: 'bearerUnknown' } };

/** A gateway makes no tokens and revokes none: the coordinator does. */
const notHere = (): never => {
  throw new Error('A gateway makes no tokens.');
};

/** @param isKnown whether somebody who is there has joined with this token */
export function guestAccess(isKnown: (token: string) => boolean): Access {
  return {
    identify: async (token) => {
      if (!isKnown(token)) return UNKNOWN;
      const id = createHash('sha256').update(token).digest('base64url').slice(0, 16);
      const identity = { role: 'worker', token: id, via: null, issuedAt: null, expiresAt: null } as const;
      return { type: 'known', identity };
    },
    tokenFor: notHere,
    viewersReadData: false,
    localToken: '',
    credentialFor: async () => null,
    revoke: notHere,
    // What somebody reads who is sent away meanwhile is a block that they were let in to read.
    hold: () => () => {},
    endExpired: () => {},
    refresh: async () => {},
    found: notHere,
    keepIn: notHere,
    leave: notHere,
  };
}
