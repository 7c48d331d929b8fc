/**
 * Which tokens no longer hold, although signed and not expired: single ones by their id (and with a link the credentials
 * that were got by it), and all of a role that were issued before a moment. Bounded: what has expired is forgotten.
 */
import type { Role } from '@shoal/core';
import * as v from 'valibot';
import { UserError } from '../errors.ts';
import type { TokenClaims } from './tokens.ts';

/** Entries that are kept; beyond, all of a role are revoked at once. */
export const REVOCATIONS_MAX = 10_000;

const ROLES = ['viewer', 'worker', 'gateway', 'operator'] as const satisfies readonly Role[];
const seconds = v.pipe(v.number(), v.integer(), v.minValue(0));

export const revocationsSchema = v.object({
  /** Id and the second at which the token expires anyway. */
  ids: v.pipe(v.array(v.tuple([v.pipe(v.string(), v.maxLength(64)), seconds])), v.maxLength(REVOCATIONS_MAX)),
  before: v.object({
    viewer: seconds,
    worker: seconds,
    /** Earlier releases knew no gateways. */
    gateway: v.optional(seconds, 0),
    operator: seconds,
  }),
});

export type RevocationsRecord = v.InferOutput<typeof revocationsSchema>;

export const NO_REVOCATIONS: RevocationsRecord = {
  ids: [],
  before: { viewer: 0, worker: 0, gateway: 0, operator: 0 },
};

export class Revocations {
  readonly #until: Map<string, number>;
  readonly #before: Record<Role, number>;

  constructor(record: RevocationsRecord) {
    this.#until = new Map(record.ids);
    this.#before = { ...record.before };
  }

  isRevoked({ id, via, role, issuedAt }: Omit<TokenClaims, 'expiresAt'>): boolean {
    return this.has(id) || (via !== null && this.has(via)) || issuedAt < this.#before[role];
  }

  has(id: string): boolean {
    return this.#until.has(id);
  }

  /** The first second at which a new token of this role holds. */
  validFrom(role: Role): number {
    return this.#before[role];
  }

  /**
   * `until` is when the token expires; `now` in seconds since 1970.
   * @throws UserError when no more fit
   */
  revoke(id: string, until: number, now: number): void {
    for (const [known, end] of this.#until) if (end < now) this.#until.delete(known);
    if (this.#until.size >= REVOCATIONS_MAX && !this.#until.has(id)) {
      throw new UserError(
        `${REVOCATIONS_MAX} tokens are revoked already. Revoke all of the role at once and give out a new link.`,
      );
    }
    this.#until.set(id, until);
  }

  /** All tokens of the role that were issued until now, in seconds since 1970; new ones hold from the next second on. */
  revokeAll(role: Role, now: number): void {
    this.#before[role] = Math.max(this.#before[role], now + 1);
  }

  get record(): RevocationsRecord {
    return { ids: [...this.#until], before: { ...this.#before } };
  }
}

export const isRole = (text: string): text is Role => ROLES.some((role) => role === text);
