/**
 * Access by signed tokens. Beside them stand the secrets that a person chose by hand (`--token`, the operator's), and a
 * random one for the workers of this machine. In an open classroom everyone may compute, with any token or none.
 */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { DismissalFact, Role } from '@shoal/core';
import { UserError } from '../errors.ts';
import { diskFiles } from '../files/diskFiles.ts';
import type { KeptFiles } from '../files/keptFiles.ts';
import {
  type Access,
  type Credential,
  type End,
  type Identification,
  type Identity,
  LOCAL_ID,
  type Revoked,
} from './access.ts';
import {
  type AccessRecord,
  foundAccessRecord,
  newAccessRecord,
  readAccessRecord,
  removeAccessRecord,
  writeAccessRecord,
} from './accessFile.ts';
import { type AccessSettings, DEFAULT_ACCESS_SETTINGS } from './accessSettings.ts';
import { Held } from './held.ts';
import { Revocations } from './revocations.ts';
import { issueToken, type TokenClaims, verifyToken } from './tokens.ts';

/** Longer ones do not fit into a hello. */
const TOKEN_LENGTH_MAX = 256;
const DAY_SECONDS = 86_400;
/** What stands in the join link of an open classroom, where any token would do. */
const OPEN_TOKEN = 'open';
/** Ids of what is not a signed token. */
const SECRET_PREFIX = 'secret-';
const OPEN_ID = 'open-classroom';

const REVOKED = { type: 'tokenRevoked' } as const;
const EXPIRED = { type: 'tokenExpired' } as const;

/** The secrets that were named on the command line or in the environment; null to take the kept ones, if any. */
export type GivenSecrets = { readonly worker: string | null; readonly operator: string | null };

export class SignedAccess implements Access {
  readonly localToken = randomBytes(32).toString('base64url');
  #key: Uint8Array;
  #links: Record<Role, string | null>;
  readonly #secrets: Readonly<Record<'worker' | 'operator', string | null>>;
  #revocations: Revocations;
  readonly #settings: AccessSettings;
  readonly #now: () => number;
  readonly #files: KeptFiles;
  /** Where several coordinators keep this together; null for one that is alone. */
  readonly #shared: string | null;
  #lastLink: Promise<unknown> = Promise.resolve();
  readonly #held = new Held();
  /** Where this is kept: the folder of all runs, if any, and that of the present run. */
  #folders: readonly string[] = [];

  /** `now` is in milliseconds since 1970. */
  constructor(
    record: AccessRecord,
    settings: AccessSettings,
    now: () => number,
    files: KeptFiles = diskFiles,
    shared: string | null = null,
  ) {
    this.#files = files;
    this.#shared = shared;
    this.#key = Buffer.from(record.key, 'base64url');
    this.#links = { ...record.links };
    this.#secrets = record.secrets;
    this.#revocations = new Revocations(record.revoked);
    this.#settings = settings;
    this.#now = now;
  }

  get viewersReadData(): boolean {
    return this.#settings.viewersReadData;
  }

  async identify(token: string): Promise<Identification> {
    const plain = this.#identifySecret(token);
    if (plain !== null) return this.#unlessRevoked(plain);
    const verified = await verifyToken(this.#key, token, this.#now());
    if (verified.type === 'valid') {
      const { claims } = verified;
      if (this.#revocations.isRevoked(claims)) return refused('revoked', REVOKED);
      return { type: 'known', identity: identityOf(claims) };
    }
    if (this.#settings.openClassroom) {
      return this.#unlessRevoked(undated('worker', OPEN_ID));
    }
    if (verified.type === 'expired') return refused('badToken', EXPIRED);
    return refused('badToken', { type: token === '' ? 'tokenMissing' : 'tokenWrong' });
  }

  /** Looks at all of them whatever the answer, each in constant time. */
  #identifySecret(token: string): Identity | null {
    let found: Identity | null = null;
    for (const role of ['worker', 'operator'] as const) {
      const secret = this.#secrets[role];
      if (secret !== null && sameSecret(token, secret)) found = undated(role, secretId(secret));
    }
    if (sameSecret(token, this.localToken)) found = undated('worker', LOCAL_ID);
    return found;
  }

  /** That was chosen by hand; null where there is none, or can be none. */
  #secretOf(role: Role): string | null {
    return role === 'worker' || role === 'operator' ? this.#secrets[role] : null;
  }

  #unlessRevoked(identity: Identity): Identification {
    if (this.#revocations.has(identity.token)) return refused('revoked', REVOKED);
    return { type: 'known', identity };
  }

  /** The same link as long as it holds, and a new one before it ends. */
  async tokenFor(role: Role): Promise<string> {
    const secret = this.#secretOf(role);
    if (secret !== null && !this.#revocations.has(secretId(secret))) return secret;
    if (role === 'worker' && this.#settings.openClassroom) return OPEN_TOKEN;
    // One after the other, so that those who ask at the same time are given the same one.
    const link = this.#lastLink.then(() => this.#link(role));
    this.#lastLink = link.catch(() => {});
    return link;
  }

  async #link(role: Role): Promise<string> {
    const kept = this.#links[role];
    if (kept !== null && (await this.#holdsLong(kept))) return kept;
    const { token } = await this.#issue(role, null);
    this.#links[role] = token;
    await this.#save();
    return token;
  }

  async #holdsLong(token: string): Promise<boolean> {
    const verified = await verifyToken(this.#key, token, this.#now());
    return (
      verified.type === 'valid' &&
      !this.#revocations.isRevoked(verified.claims) &&
      verified.claims.expiresAt - this.#seconds > (this.#settings.linkDays * DAY_SECONDS) / 2
    );
  }

  /** A credential says by which link it was got, so that it ends with that. */
  async credentialFor({ role, token, via }: Identity): Promise<Credential | null> {
    if ((role !== 'worker' && role !== 'gateway') || token === LOCAL_ID || via !== null) return null;
    const issued = await this.#issue(role, token);
    return { token: issued.token, id: issued.claims.id };
  }

  #issue(role: Role, via: string | null): Promise<{ readonly token: string; readonly claims: TokenClaims }> {
    const issuedAt = Math.max(this.#seconds, this.#revocations.validFrom(role));
    return issueToken(this.#key, {
      role,
      via,
      issuedAt,
      lifetimeSeconds: this.#settings.linkDays * DAY_SECONDS,
    });
  }

  hold(identity: Identity, end: End, credential: string | null = null): () => void {
    const release = this.#held.hold(identity, end, credential);
    // It may have been revoked since its bearer was looked at.
    const { role, token: id, via, issuedAt } = identity;
    const isRevoked = this.#revocations.isRevoked({
      role,
      id,
      via,
      issuedAt: issuedAt ?? Number.MAX_SAFE_INTEGER,
    });
    if (isRevoked) this.#held.revoked({ token: id }, REVOKED);
    return release;
  }

  endExpired(): void {
    this.#held.expired(this.#seconds, EXPIRED);
  }

  async revoke(what: Revoked): Promise<void> {
    if ('role' in what) {
      this.#revocations.revokeAll(what.role, this.#seconds);
      // A secret that was chosen by hand has no date: it is over with the links that it stands for.
      const secret = this.#secretOf(what.role);
      if (secret !== null) this.#revokeOne(secretId(secret));
    } else this.#revokeOne(what.token);
    this.#held.revoked(what, REVOKED);
    await this.#save();
  }

  #revokeOne(id: string): void {
    const until = this.#seconds + this.#settings.linkDays * DAY_SECONDS;
    const forGood = id.startsWith(SECRET_PREFIX) ? Number.MAX_SAFE_INTEGER : until;
    this.#revocations.revoke(id, forGood, this.#seconds);
  }

  async refresh(): Promise<void> {
    if (this.#shared === null) return;
    this.#takeOver(await readAccessRecord(this.#shared, this.#files));
  }

  #takeOver({ links, revoked }: AccessRecord): void {
    this.#links = { ...links };
    const before = this.#revocations.record;
    this.#revocations = new Revocations(revoked);
    const known = new Set(before.ids.map(([id]) => id));
    for (const [id] of revoked.ids) if (!known.has(id)) this.#held.revoked({ token: id }, REVOKED);
    for (const role of ['viewer', 'worker', 'operator'] as const) {
      if (revoked.before[role] > before.before[role]) this.#held.revoked({ role }, REVOKED);
    }
  }

  async found(folder: string): Promise<void> {
    if (this.#shared !== null) return;
    await foundAccessRecord(folder, this.#record);
    const first = await readAccessRecord(folder);
    this.#key = Buffer.from(first.key, 'base64url');
    this.#takeOver(first);
  }

  async keepIn(folder: string): Promise<void> {
    const [first = folder] = this.#folders;
    this.#folders = [...new Set([first, folder])];
    await this.#save();
  }

  async leave(folder: string): Promise<void> {
    this.#folders = this.#folders.filter((one) => one !== folder);
    await removeAccessRecord(this.#files, folder);
  }

  get #record(): AccessRecord {
    return {
      key: Buffer.from(this.#key).toString('base64url'),
      links: { ...this.#links },
      secrets: { ...this.#secrets },
      revoked: this.#revocations.record,
    };
  }

  async #save(): Promise<void> {
    const record = this.#record;
    const files = this.#files.asOfNow();
    for (const folder of this.#folders) await writeAccessRecord(files, folder, record);
  }

  get #seconds(): number {
    return Math.floor(this.#now() / 1000);
  }
}

const identityOf = ({ role, id, via, issuedAt, expiresAt }: TokenClaims): Identity => ({
  role,
  token: id,
  via,
  issuedAt,
  expiresAt,
});

/** Of what is no signed token. */
const undated = (role: Role, token: string): Identity => ({
  role,
  token,
  via: null,
  issuedAt: null,
  expiresAt: null,
});

const refused = (code: 'badToken' | 'revoked', why: DismissalFact): Identification => ({
  type: 'refused',
  code,
  why,
});

/**
 * `folder` keeps key, links and revocations from before; null for a new key. A given secret takes the place of a kept
 * one. Nothing is written.
 * @throws UserError for a given secret that cannot be one, or for a file that cannot be read
 */
export async function openSignedAccess(
  folder: string | null,
  given: GivenSecrets,
  settings: AccessSettings = DEFAULT_ACCESS_SETTINGS,
  now: () => number = Date.now,
  files: KeptFiles = diskFiles,
): Promise<SignedAccess> {
  const kept = folder === null ? newAccessRecord() : await readAccessRecord(folder, files);
  const secrets = {
    worker: checked('join', given.worker) ?? kept.secrets.worker,
    operator: checked('operator', given.operator) ?? kept.secrets.operator,
  };
  if (secrets.worker !== null && secrets.worker === secrets.operator) {
    throw new UserError(
      'The join token and the operator token are the same, so that everyone who joins could control the run. Choose two.',
    );
  }
  return new SignedAccess({ ...kept, secrets }, settings, now, files, files === diskFiles ? null : folder);
}

function checked(name: string, secret: string | null): string | null {
  if (secret === null || (secret.length > 0 && secret.length <= TOKEN_LENGTH_MAX)) return secret;
  throw new UserError(
    `The ${name} token must have 1 to ${TOKEN_LENGTH_MAX} characters, not ${secret.length}.`,
  );
}

/** Another secret has another id, so that a revoked one stays revoked and a new one holds. */
const secretId = (secret: string): string =>
  SECRET_PREFIX + createHash('sha256').update(secret).digest('base64url').slice(0, 12);

/** Compares in constant time. */
function sameSecret(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
