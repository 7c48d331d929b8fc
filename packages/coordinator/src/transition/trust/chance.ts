/**
 * The secret that draws which leases are checked and who is asked for a second opinion. It comes with every event and is
 * no part of the state or of any effect, so nothing that is printed, stored or sent has it in it. What it draws is a
 * function of the lease alone: the same run with the same secret checks the same leases.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import type { LeaseId } from '../model/ids.ts';

/** Random bytes, SECRET_BYTES of them, that nobody but the coordinator has. */
export type Secret = Uint8Array;
export const SECRET_BYTES = 32;

const DRAWS = { checked: 0, taker: 1 } as const;

/**
 * What is drawn for a lease: whether it is `checked`, or, before it is granted, who is its `taker`.
 * @returns a number in [0, 1) that nobody can foretell without the secret: the first 48 bits of the SHA-256 of the secret,
 *   the kind of draw (one byte) and the lease's number (float64, big-endian). All inputs are of one length and one block,
 *   so nothing is gained by extending them, and a plain hash serves.
 */
export function chanceOf(secret: Secret, draw: keyof typeof DRAWS, lease: LeaseId): number {
  const input = new Uint8Array(SECRET_BYTES + 9);
  input.set(secret);
  const view = new DataView(input.buffer);
  view.setUint8(SECRET_BYTES, DRAWS[draw]);
  view.setFloat64(SECRET_BYTES + 1, lease);
  const hash = sha256(input);
  const drawn = new DataView(hash.buffer, hash.byteOffset);
  return (drawn.getUint32(0) * 2 ** 16 + drawn.getUint16(4)) / 2 ** 48;
}
