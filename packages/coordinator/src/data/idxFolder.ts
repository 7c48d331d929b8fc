/** A folder of four IDX files: which file plays which part, and their content, unpacked and hashed. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { IdxFile } from '@shoal/core';
import { DataError, reasonOf } from './dataError.ts';

/** The order in which a data set's hash takes its files. */
export const ROLES = ['trainImages', 'trainLabels', 'testImages', 'testLabels'] as const;
export type Role = (typeof ROLES)[number];

/** What a missing file of each part is called in sentences, after MNIST's names. */
const EXPECTED: Readonly<Record<Role, string>> = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
};

/** A file that unpacks to more is refused: it is no data set that this program can hold in memory. */
export const FILE_BYTES_MAX = 2_147_483_647;

export type FolderFinding =
  | { readonly state: 'found'; readonly paths: Readonly<Record<Role, string>> }
  /** No file here plays a part, or there is no such folder; `reason` is the end of a sentence. */
  | { readonly state: 'nothing'; readonly exists: boolean; readonly reason: string }
  /** Some files are there, others not, or two claim the same part; `reason` is the end of a sentence. */
  | { readonly state: 'unclear'; readonly reason: string };

/** The part a file plays, by its name: …train-images…, t10k-labels-idx1-ubyte.gz, test_images.idx3, … */
export const roleOf = (fileName: string): Role | null => {
  const name = fileName.toLowerCase();
  if (!/ubyte|idx/.test(name) || !/(ubyte|idx\d?)(\.gz)?$/.test(name)) return null;
  const train = /train/.test(name);
  const test = /t10k|test/.test(name);
  const images = /image|idx[34]/.test(name);
  const labels = /label|idx1/.test(name);
  if (train === test) return null;
  // A name that says both, such as train-images.idx1, goes by its word: what is wrong inside is then told.
  if (images && (!labels || /image/.test(name))) return train ? 'trainImages' : 'testImages';
  return labels ? (train ? 'trainLabels' : 'testLabels') : null;
};

/** Looks for the four files; a plain file is preferred to its .gz. @throws DataError when the folder cannot be read */
export const findIdxFiles = async (folder: string): Promise<FolderFinding> => {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { state: 'nothing', exists: false, reason: 'there is no such folder' };
    if (code === 'ENOTDIR') return { state: 'nothing', exists: false, reason: 'it is a file, not a folder' };
    return { state: 'unclear', reason: `it cannot be read (${reasonOf(error)})` };
  }
  const paths: Partial<Record<Role, string>> = {};
  for (const name of names.sort()) {
    const role = roleOf(name);
    if (role === null) continue;
    const known = paths[role];
    // Sorted by name, a plain file comes just before the same name with .gz.
    if (known !== undefined && name === `${basename(known)}.gz`) continue;
    if (known !== undefined) {
      return {
        state: 'unclear',
        reason: `it holds two candidates for ${EXPECTED[role]}, ${basename(known)} and ${name}`,
      };
    }
    paths[role] = join(folder, name);
  }
  const missing = ROLES.filter((role) => paths[role] === undefined);
  if (missing.length === 4) return { state: 'nothing', exists: true, reason: 'it holds no IDX files' };
  if (missing.length > 0) {
    return {
      state: 'unclear',
      reason: `it lacks ${missing.map((role) => `${EXPECTED[role]} (plain or .gz)`).join(' and ')}`,
    };
  }
  return { state: 'found', paths: paths as Record<Role, string> };
};

const unzip = promisify(gunzip);

/** A file's content, unpacked when it is compressed, whatever its name. @throws DataError */
export const readUnpacked = async (path: string): Promise<Uint8Array> => {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new DataError(`${path} cannot be read: ${reasonOf(error)}. Check the file and its permissions.`);
  }
  const compressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!compressed && path.toLowerCase().endsWith('.gz')) {
    throw new DataError(
      `${path} is no gzip file although its name ends in .gz: it begins with ${bytes.subarray(0, 2).toString('hex') || 'nothing'}, ` +
        'not 1f8b. Download or copy it again.',
    );
  }
  if (!compressed) return bytes;
  try {
    return await unzip(bytes, { maxOutputLength: FILE_BYTES_MAX });
  } catch (error) {
    throw new DataError(`${path} cannot be unpacked: ${reasonOf(error)}. Download or copy it again.`);
  }
};

export type IdxFolder = {
  readonly files: Readonly<Record<Role, IdxFile>>;
  /** SHA-256 of each file's uncompressed content, hex. */
  readonly sums: Readonly<Record<Role, string>>;
  /** SHA-256 over all four contents in the order of `ROLES`. */
  readonly sha256: string;
};

/** Reads the four files. @throws DataError */
export const readIdxFolder = async (paths: Readonly<Record<Role, string>>): Promise<IdxFolder> => {
  const all = createHash('sha256');
  const files: Partial<Record<Role, IdxFile>> = {};
  const sums: Partial<Record<Role, string>> = {};
  for (const role of ROLES) {
    const bytes = await readUnpacked(paths[role]);
    all.update(bytes);
    files[role] = { name: paths[role], bytes };
    sums[role] = createHash('sha256').update(bytes).digest('hex');
  }
  return {
    files: files as Record<Role, IdxFile>,
    sums: sums as Record<Role, string>,
    sha256: all.digest('hex'),
  };
};
