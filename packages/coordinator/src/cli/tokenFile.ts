/** A join token in a file: how a secret reaches a process without standing in its command line or environment. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { reasonOf } from '@shoal/core';
import { UserError } from '../errors.ts';
import { decodeText } from '../files/textFile.ts';
import { lineOfStandardInput, STANDARD_INPUT } from './secrets.ts';

/** What may be in a URL's fragment and a header as it is. */
const TOKEN = /^[\w.~-]{1,256}$/;
const TOKEN_BYTES = 16;
/** How often, and how many milliseconds apart, it is looked whether whoever has made a token file has written it. */
const LOOKS_MAX = 40;
const LOOK_MS = 50;

/** `-` stands for standard input. @throws UserError when there is no such file or no token in it */
export async function readTokenFile(file: string): Promise<string> {
  if (file === STANDARD_INPUT) return tokenIn(await lineOfStandardInput('the token'), 'Standard input');
  const bytes = await readFile(file).catch((error: Error) => {
    throw new UserError(
      `The token file ${file} cannot be read (${error.message}). The coordinator's --token-file makes one.`,
    );
  });
  return tokenIn(decodeText(bytes, `The token file ${file}`), `The file ${file}`);
}

function tokenIn(text: string, source: string): string {
  const token = text.trim();
  if (TOKEN.test(token)) return token;
  throw new UserError(
    `${source} holds no token: it must be one line of at most 256 letters, digits, "-", "_", "." or "~".`,
  );
}

const OWNER_ALONE = 0o600;
/** For what another user of the machine is to read, as Prometheus is one. */
export const ALL_READ = 0o644;

/** The token in the file; a file that is not there yet is made with a random token of 128 bits. */
export async function keepTokenFile(file: string, mode = OWNER_ALONE): Promise<string> {
  if (file === STANDARD_INPUT) return readTokenFile(file);
  const made = randomBytes(TOKEN_BYTES).toString('base64url');
  await mkdir(dirname(file), { recursive: true }).catch((error: Error) => {
    throw notMade(file, error);
  });
  try {
    // Fails when the file exists, so that two that start together agree on one token.
    await writeFile(file, `${made}\n`, { flag: 'wx', mode });
    return made;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EEXIST' || error.code === 'EROFS')) {
      await written(file);
      return readTokenFile(file);
    }
    throw notMade(file, error);
  }
}

const notMade = (file: string, error: unknown): UserError =>
  new UserError(`The token file ${file} cannot be made (${reasonOf(error)}). Name another file.`);

/** Between making a file and writing it another process sees it empty. */
async function written(file: string): Promise<void> {
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const found = await stat(file).catch(() => null);
    if (found?.size !== 0) return;
    await pause(LOOK_MS);
  }
}
