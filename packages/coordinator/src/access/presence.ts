/** Which open connection came with which token: to count them, and to know what a worker that is removed comes back with. */

import type { DismissalFact } from '@shoal/core';
import type { AccessLimits } from '../limits/limits.ts';
import type { Identity } from './access.ts';

/** The number of a connection, or for a guest on that of a gateway a name. */
export type Place = number | string;

export class Presence {
  readonly #limits: AccessLimits;
  readonly #byConnection = new Map<
    Place,
    { readonly identity: Identity; readonly credential: string | null }
  >();
  readonly #counts = new Map<string, number>();

  constructor(limits: AccessLimits) {
    this.#limits = limits;
  }

  /**
   * `credential` is the id of the one that it is given now, if any.
   * @returns why not, when its token has as many connections as it may; null where `leave` follows
   */
  enter(connection: Place, identity: Identity, credential: string | null): DismissalFact | null {
    const open = this.#counts.get(identity.token) ?? 0;
    const name = identity.via === null ? 'tokenConnectionsMax' : 'credentialConnectionsMax';
    if (open >= this.#limits[name]) {
      const detail = `This token has ${open} open connections, which is the limit ${name}.`;
      return { type: 'limitReached', limit: name, detail };
    }
    this.#counts.set(identity.token, open + 1);
    this.#byConnection.set(connection, { identity, credential });
    return null;
  }

  leave(connection: Place): void {
    const present = this.#byConnection.get(connection);
    if (present === undefined) return;
    this.#byConnection.delete(connection);
    const { token } = present.identity;
    const open = (this.#counts.get(token) ?? 1) - 1;
    if (open > 0) this.#counts.set(token, open);
    else this.#counts.delete(token);
  }

  /** The id of the token that is this connection's alone; null where it came with a shared one and got none. */
  ownToken(connection: Place): string | null {
    const present = this.#byConnection.get(connection);
    if (present === undefined) return null;
    return present.credential ?? (present.identity.via === null ? null : present.identity.token);
  }
}
