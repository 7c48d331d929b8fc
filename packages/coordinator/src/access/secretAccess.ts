/** Access by three random secrets, one for each role. They lie in a folder, readable by their owner alone. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Role } from '@shoal/core';
import { UserError } from '../errors.ts';
import { writeAtomically } from '../run/atomicFile.ts';
import type { Access, Identity } from './access.ts';

/** 128 bits. */
const SECRET_BYTES = 16;
/** Longer ones do not fit into a hello. */
const TOKEN_LENGTH_MAX = 256;

const FILES: Readonly<Record<Role, string>> = {
  worker: 'join-token',
  viewer: 'watch-token',
  operator: 'operator-token',
};
const ROLES = Object.keys(FILES) as Role[];

/** The secrets that were named on the command line or in the environment; null to take the kept or a random one. */
export type GivenSecrets = { readonly worker: string | null; readonly operator: string | null };

export class SecretAccess implements Access {
  readonly #secrets: Readonly<Record<Role, string>>;

  constructor(secrets: Readonly<Record<Role, string>>) {
    this.#secrets = secrets;
  }

  /** Looks at all three whatever the answer, each in constant time. */
  async identify(token: string): Promise<Identity | null> {
    let found: Identity | null = null;
    for (const role of ROLES) if (sameSecret(token, this.#secrets[role])) found = { role };
    return found;
  }

  async tokenFor(role: Role): Promise<string> {
    return this.#secrets[role];
  }

  async keepIn(folder: string): Promise<void> {
    for (const role of ROLES) {
      const file = join(folder, FILES[role]);
      const content = `${this.#secrets[role]}\n`;
      if ((await readFile(file, 'utf8').catch(() => '')) === content) continue;
      // Windows knows no such modes; there the folder's own rights hold.
      await writeAtomically(file, content, 0o600);
    }
  }
}

/**
 * Each secret is the one given, else the one that the folder keeps, else a new one. Nothing is written.
 * @throws UserError for a given secret that cannot be one
 */
export async function openSecretAccess(folder: string | null, given: GivenSecrets): Promise<SecretAccess> {
  const kept = async (role: Role): Promise<string> =>
    folder === null ? '' : (await readFile(join(folder, FILES[role]), 'utf8').catch(() => '')).trim();
  const chosen = async (role: Role, wanted: string | null): Promise<string> => {
    if (wanted !== null) checkSecret(role, wanted);
    return wanted ?? ((await kept(role)) || randomBytes(SECRET_BYTES).toString('base64url'));
  };
  const secrets = {
    worker: await chosen('worker', given.worker),
    viewer: await chosen('viewer', null),
    operator: await chosen('operator', given.operator),
  };
  if (new Set(Object.values(secrets)).size < ROLES.length) {
    throw new UserError(
      'The join token and the operator token are the same, so that everyone who joins could control the run. Choose two.',
    );
  }
  return new SecretAccess(secrets);
}

function checkSecret(role: Role, secret: string): void {
  if (secret.length > 0 && secret.length <= TOKEN_LENGTH_MAX) return;
  const name = role === 'worker' ? 'join token' : `${role} token`;
  throw new UserError(`The ${name} must have 1 to ${TOKEN_LENGTH_MAX} characters, not ${secret.length}.`);
}

/** Compares in constant time. */
function sameSecret(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
