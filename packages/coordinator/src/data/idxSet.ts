/** Four IDX files as a data set: their content, unpacked and hashed, read and held against each other. */
import { createHash } from 'node:crypto';
import { basename, dirname, resolve } from 'node:path';
import {
  type DataSet,
  type DataSetInfo,
  IdxError,
  type IdxFile,
  parseIdxSamples,
  type Samples,
  TABLE_NAMES,
} from '@shoal/core';
import { DataError } from './dataError.ts';
import type { IdxPaths } from './idxFolder.ts';
import { ROLES, type Role } from './roles.ts';
import { readUnpacked } from './unpacked.ts';

export type IdxContents = {
  readonly files: Readonly<Record<Role, IdxFile>>;
  /** SHA-256 of each file's uncompressed content, hex. */
  readonly sums: Readonly<Record<Role, string>>;
  /** SHA-256 over all four contents in the order of `ROLES`. */
  readonly sha256: string;
};

/** @throws DataError */
export const readIdxFiles = async (paths: IdxPaths): Promise<IdxContents> => {
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

/** Classes are numbered from 0: one more than the largest label of either part. */
const classCount = (...parts: readonly Samples[]): number => {
  let largest = 0;
  for (const { targets } of parts) for (const label of targets.values) if (label > largest) largest = label;
  return largest + 1;
};

export type ParsedSet = {
  readonly dataSet: DataSet;
  /** What was done to the files' content, as sentences. */
  readonly notices: readonly string[];
};

/** @throws DataError */
export const parseIdxSet = (
  { files, sha256 }: IdxContents,
  name: string,
  source: DataSetInfo['source'],
): ParsedSet => {
  try {
    const train = parseIdxSamples(files.trainImages, files.trainLabels);
    const test = parseIdxSamples(files.testImages, files.testLabels);
    if (train.shape.join() !== test.shape.join()) {
      throw new IdxError({
        type: 'idxShapes',
        train: files.trainImages.name,
        trainShape: train.shape,
        test: files.testImages.name,
        testShape: test.shape,
      });
    }
    const [channels, height, width] = train.shape;
    const turned = train.channelsLast || test.channelsLast;
    return {
      dataSet: {
        info: {
          name,
          source,
          shape: train.shape,
          classes: classCount(train.samples, test.samples),
          sha256,
        },
        train: train.samples,
        test: test.samples,
      },
      notices: turned
        ? [
            `The images of ${name} are stored as ${height} × ${width} × ${channels}, channels last: they were turned to ` +
              `channels first, ${channels} × ${height} × ${width}.`,
          ]
        : [],
    };
  } catch (error) {
    if (error instanceof IdxError) throw new DataError(error.message);
    throw error;
  }
};

/** Folders of these names hold a data set without saying which: the folder above them does. */
const SILENT_NAMES: ReadonlySet<string> = new Set(['raw', 'data', 'idx', 'gzip', 'files', 'processed']);

/** Names that say more than a folder's name can: these sets are known by their content. */
const TAKEN_NAMES: ReadonlySet<string> = new Set(['mnist', 'digits', ...TABLE_NAMES]);

/**
 * What a data set is called after its folder; `kinship` keeps apart one that lies in a folder of a name that another
 * set has.
 */
export const setNameOf = (folder: string, kinship: 'mnist' | 'altered' | 'other'): string => {
  let at = resolve(folder);
  while (SILENT_NAMES.has(basename(at).toLowerCase()) && basename(dirname(at)) !== '') at = dirname(at);
  const name = basename(at) || 'idx';
  const lower = name.toLowerCase();
  if (lower === kinship || !TAKEN_NAMES.has(lower)) return name;
  return `${name}-${kinship}`;
};
