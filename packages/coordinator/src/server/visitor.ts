/** Whoever sends requests from one address, as far as wrong tokens are counted. */
import type { DismissalFact, Role } from '@shoal/core';
import type { Access, Action, Identity } from '../access/access.ts';
import { may } from '../access/access.ts';
import type { Leave } from '../access/strangers.ts';

export interface Visitor {
  /** @returns why no token from there is looked at for now, or null */
  mayTry(): DismissalFact | null;
  failed(): void;
  /** It has opened a WebSocket and shown no token yet. @returns what to call once it has, or why it must end */
  arrive(giveWay: () => void): Leave | DismissalFact;
}

export type Permission =
  | { readonly type: 'granted'; readonly identity: Identity }
  | { readonly type: 'refused'; readonly status: 401 | 403 | 429; readonly why: DismissalFact };

/** Whether this coordinator lets the role do it. */
export const mayHere = (access: Access, role: Role, action: Action): boolean =>
  may(role, action) && (role !== 'viewer' || action !== 'data' || access.viewersReadData);

/** Whether this token opens what its bearer wants. A wrong one counts against the address that it came from. */
export async function permit(
  access: Access,
  visitor: Visitor,
  token: string | undefined,
  action: Action,
): Promise<Permission> {
  const wait = visitor.mayTry();
  if (wait !== null) return { type: 'refused', status: 429, why: wait };
  const identification = token === undefined ? null : await access.identify(token);
  if (identification === null || identification.type === 'refused') {
    if (token !== undefined) visitor.failed();
    const revoked = identification?.code === 'revoked';
    return { type: 'refused', status: 401, why: revoked ? identification.why : { type: 'bearerUnknown' } };
  }
  const { identity } = identification;
  if (!mayHere(access, identity.role, action)) {
    return { type: 'refused', status: 403, why: { type: 'roleForbids', role: identity.role, action } };
  }
  return { type: 'granted', identity };
}
