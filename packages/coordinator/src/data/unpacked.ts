/** A file's content, unpacked where it is compressed, whatever its name says. */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DataError, reasonWithCause } from './dataError.ts';

/** A file that unpacks to more is refused: it is no data set that this program can hold in memory. */
const FILE_BYTES_MAX = 2_147_483_647;

/** A file that was compressed again and again by mistake is unpacked so often; an IDX file never looks compressed. */
const LAYERS_MAX = 3;

const unzip = promisify(gunzip);

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** @throws DataError */
export const readUnpacked = async (path: string): Promise<Uint8Array> => {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new DataError(
      `${path} cannot be read: ${reasonWithCause(error)}. Check the file and its permissions.`,
    );
  }
  try {
    for (let layer = 0; layer < LAYERS_MAX && isGzip(bytes); layer += 1) {
      bytes = await unzip(bytes, { maxOutputLength: FILE_BYTES_MAX });
    }
  } catch (error) {
    throw new DataError(`${path} cannot be unpacked: ${reasonWithCause(error)}. Download or copy it again.`);
  }
  return bytes;
};
