/**
 * Signed tokens: who may do what until when, as JSON Web Tokens (RFC 7519) with HMAC-SHA-256. The coordinator alone makes
 * and checks them, so one secret key does; a signature with a public key would only make a link (and its QR code) longer.
 * The key is the binding: each coordinator has its own, kept with its runs, and tokens of another one are not signed by it.
 */
import { randomBytes } from 'node:crypto';
import type { Role } from '@shoal/core';
import { errors, jwtVerify, SignJWT } from 'jose';
import * as v from 'valibot';

/** RFC 7518, 3.2 asks for a key as long as the hash. */
export const KEY_BYTES = 32;
const ID_BYTES = 9;
const ALGORITHM = 'HS256';

export type TokenClaims = {
  readonly role: Role;
  /** Tells this token from all others; for revocation. */
  readonly id: string;
  /** The token by which this one was got: a worker's own credential names the join link. Null for a link. */
  readonly via: string | null;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
};

const claimsSchema = v.object({
  role: v.picklist(['viewer', 'worker', 'gateway', 'operator']),
  jti: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  via: v.optional(v.pipe(v.string(), v.maxLength(64))),
  iat: v.pipe(v.number(), v.integer(), v.minValue(0)),
  exp: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

export type Verification =
  | { readonly type: 'valid'; readonly claims: TokenClaims }
  /** Signed here, and over. */
  | { readonly type: 'expired' }
  /** Anything else: not a token, changed, or signed with another key. */
  | { readonly type: 'unknown' };

export type TokenRequest = {
  readonly role: Role;
  readonly via: string | null;
  readonly lifetimeSeconds: number;
  /** Seconds since 1970; not before a revocation of everything earlier. */
  readonly issuedAt: number;
};

/** `key` has KEY_BYTES bytes. */
export async function issueToken(
  key: Uint8Array,
  request: TokenRequest,
): Promise<{ readonly token: string; readonly claims: TokenClaims }> {
  const { role, via, issuedAt, lifetimeSeconds } = request;
  const id = randomBytes(ID_BYTES).toString('base64url');
  const expiresAt = issuedAt + lifetimeSeconds;
  const payload = { role, jti: id, ...(via !== null && { via }), iat: issuedAt, exp: expiresAt };
  const token = await new SignJWT(payload).setProtectedHeader({ alg: ALGORITHM }).sign(key);
  return { token, claims: { role, id, via, issuedAt, expiresAt } };
}

/** `now` is in milliseconds since 1970. Never throws for what a stranger may send. */
export async function verifyToken(key: Uint8Array, token: string, now: number): Promise<Verification> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      currentDate: new Date(now),
      requiredClaims: ['exp', 'iat', 'jti', 'role'],
    });
    const result = v.safeParse(claimsSchema, payload);
    if (!result.success) return { type: 'unknown' };
    const { role, jti, via, iat, exp } = result.output;
    return { type: 'valid', claims: { role, id: jti, via: via ?? null, issuedAt: iat, expiresAt: exp } };
  } catch (error) {
    // The signature is checked before the dates: only our own tokens can be expired.
    return { type: error instanceof errors.JWTExpired ? 'expired' : 'unknown' };
  }
}
