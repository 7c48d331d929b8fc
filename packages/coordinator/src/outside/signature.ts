/**
 * How webhooks are signed: as the Standard Webhooks specification says, for whose version 1 there are libraries in most
 * languages. The time is in what is signed, so that an old message cannot be sent again.
 */
import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/** A secret that begins with `whsec_` is base64, any other one is taken as its own bytes. */
export function signingKey(secret: string): Uint8Array {
  return secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret);
}

export type Signed = {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
};

/** The value of `webhook-signature`: HMAC-SHA256 over `id.timestamp.body`. */
export function signatureOf(key: Uint8Array, { id, timestamp, body }: Signed): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}
