/**
 * The secret that draws which leases are checked and who is asked for a second opinion. It comes with every event and is
 * no part of the state or of any effect, so nothing that is printed, stored or sent has it in it. What it draws is a
 * function of the lease alone: the same run with the same secret checks the same leases.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { LeaseId } from '../model/ids.ts';

/** Random bytes, SECRET_BYTES of them, that nobody but the coordinator has. */
export type Secret = Uint8Array;
export const SECRET_BYTES = 32;

/**
 * What is drawn for a lease: whether it is `checked`, or, before it is granted, who is its `taker`.
 * @returns a number in [0, 1), the first 48 bits of an HMAC-SHA-256, that nobody can foretell without the secret
 */
export function chanceOf(secret: Secret, draw: 'checked' | 'taker', lease: LeaseId): number {
  const mac = hmac(sha256, secret, utf8ToBytes(`${draw} ${lease}`));
  const view = new DataView(mac.buffer, mac.byteOffset, mac.byteLength);
  return (view.getUint32(0) * 2 ** 16 + view.getUint16(4)) / 2 ** 48;
}
