/**
 * What a coordinator must know to take the same tokens after a restart: key, links, secrets that were given by hand, and
 * revocations. One file, readable by its owner alone, in the folder of each run that can be resumed.
 */
import { randomBytes } from 'node:crypto';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '@shoal/core';
import * as v from 'valibot';
import { UserError } from '../errors.ts';
import { makeAtomically, PRIVATE } from '../files/atomicFile.ts';
import { diskFiles } from '../files/diskFiles.ts';
import { type KeptFiles, readText } from '../files/keptFiles.ts';
import { NO_REVOCATIONS, revocationsSchema } from './revocations.ts';
import { KEY_BYTES } from './tokens.ts';

export const ACCESS_FILE = 'access.json';
/** What releases before signed tokens kept: the join secret alone. */
const OLD_FILE = 'join-token';

const secret = v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(256)));
const link = v.nullable(v.pipe(v.string(), v.maxLength(1_024)));

const recordSchema = v.object({
  /** Base64url. */
  key: v.pipe(
    v.string(),
    v.check((text) => Buffer.from(text, 'base64url').length === KEY_BYTES, 'the key has a wrong length'),
  ),
  /** The links that were given out, so that they stay the same. */
  links: v.object({
    viewer: link,
    worker: link,
    /** Earlier releases knew no gateways. */
    gateway: v.optional(link, null),
    operator: link,
  }),
  /** Plain secrets that somebody chose. */
  secrets: v.object({ worker: secret, operator: secret }),
  revoked: revocationsSchema,
});

export type AccessRecord = v.InferOutput<typeof recordSchema>;

export function newAccessRecord(): AccessRecord {
  return {
    key: randomBytes(KEY_BYTES).toString('base64url'),
    links: { viewer: null, worker: null, gateway: null, operator: null },
    secrets: { worker: null, operator: null },
    revoked: NO_REVOCATIONS,
  };
}

/**
 * Of several coordinators that begin at once in one new folder, the first lays down the key of all: that of `record`, or a
 * new one. Where nothing can be written, that is told by whoever keeps something there.
 */
export async function foundAccessRecord(folder: string, record: AccessRecord | null = null): Promise<void> {
  const file = join(folder, ACCESS_FILE);
  if (
    await access(file).then(
      () => true,
      () => false,
    )
  )
    return;
  try {
    await mkdir(folder, { recursive: true });
    await makeAtomically(file, textOf(record ?? (await readAccessRecord(folder))), PRIVATE);
  } catch {
    // Told later.
  }
}

const textOf = (record: AccessRecord): string => `${JSON.stringify(record, null, 2)}\n`;

/** What the folder keeps, or a new record where it keeps none. @throws UserError for a file that cannot be read */
export async function readAccessRecord(folder: string, files: KeptFiles = diskFiles): Promise<AccessRecord> {
  const file = join(folder, ACCESS_FILE);
  const text = await readText(files, file).catch(() => null);
  if (text === null) {
    const old = ((await readText(files, join(folder, OLD_FILE)).catch(() => null)) ?? '').trim();
    const fresh = newAccessRecord();
    return old === '' ? fresh : { ...fresh, secrets: { ...fresh.secrets, worker: old } };
  }
  try {
    return v.parse(recordSchema, JSON.parse(text));
  } catch (error) {
    const reason = reasonOf(error);
    throw new UserError(
      `The file ${file} cannot be used (${reason}). Restore it, or remove it: then new links are made, and the old ones no longer hold.`,
    );
  }
}

export async function writeAccessRecord(
  files: KeptFiles,
  folder: string,
  record: AccessRecord,
): Promise<void> {
  await files.replace(join(folder, ACCESS_FILE), textOf(record), true);
}

export async function removeAccessRecord(files: KeptFiles, folder: string): Promise<void> {
  await files.remove(join(folder, ACCESS_FILE));
}
