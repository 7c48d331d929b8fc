/**
 * What is held open by a token: workers' connections, pages that watch, answers that are still being read. It ends with
 * the token, whether that is revoked or expires.
 */
import type { DismissalFact } from '@shoal/core';
import { type End, type Identity, LOCAL_ID, type Revoked } from './access.ts';

type Holding = { readonly identity: Identity; readonly credential: string | null; readonly end: End };

export class Held {
  readonly #open = new Set<Holding>();

  /** `credential` is the id of one that the bearer was given now. @returns to be called when it is over anyway */
  hold(identity: Identity, end: End, credential: string | null): () => void {
    const holding = { identity, credential, end };
    this.#open.add(holding);
    return () => this.#open.delete(holding);
  }

  get count(): number {
    return this.#open.size;
  }

  /** The workers of this machine are no strangers: revoking links does not end them. */
  revoked(what: Revoked, why: DismissalFact): void {
    this.#end('revoked', why, ({ identity, credential }) =>
      'role' in what
        ? identity.role === what.role && identity.token !== LOCAL_ID
        : [identity.token, identity.via, credential].includes(what.token),
    );
  }

  /** `now` in seconds since 1970. */
  expired(now: number, why: DismissalFact): void {
    this.#end('badToken', why, ({ identity: { expiresAt } }) => expiresAt !== null && expiresAt <= now);
  }

  #end(code: 'badToken' | 'revoked', why: DismissalFact, isMeant: (holding: Holding) => boolean): void {
    for (const holding of [...this.#open]) {
      if (!isMeant(holding)) continue;
      this.#open.delete(holding);
      holding.end(code, why);
    }
  }
}
