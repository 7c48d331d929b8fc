/** Opening a zip archive for its directory. */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { reasonOf } from '@shoal/core';
import { DataError } from '../dataError.ts';
import { readDirectory, type ZipEntry } from './directory.ts';

/** The files of an archive. @throws DataError */
export function archiveEntries(path: string): ZipEntry[] {
  let archive: number;
  try {
    archive = openSync(path, 'r');
  } catch (error) {
    throw new DataError(`${path} cannot be read: ${reasonOf(error)}. Check the file and its permissions.`);
  }
  try {
    return readDirectory(path, archive, fstatSync(archive).size);
  } finally {
    closeSync(archive);
  }
}
