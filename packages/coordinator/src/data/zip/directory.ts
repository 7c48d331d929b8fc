/**
 * The directory of a zip archive: what is in it and where, read from its end (APPNOTE 4.3.12 to 4.3.16, with the 64-bit
 * fields of 4.5.3). Nothing is unpacked here, and nothing that the directory says is believed without a bound.
 */
import { readSync } from 'node:fs';
import { DataError } from '../dataError.ts';
import { nameOf } from './entryName.ts';

export type ZipEntry = {
  /** As it was written, with `/` between folders. */
  readonly name: string;
  readonly isPacked: boolean;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly crc: number;
  /** Where in the archive its own header lies. */
  readonly headerAt: number;
};

const END = 0x06054b50;
const END_BYTES = 22;
const COMMENT_BYTES_MAX = 65_535;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const LOCATOR64 = 0x07064b50;
const LOCATOR64_BYTES = 20;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const EXTRA64 = 1;

/** A directory beyond these is no data set. */
const DIRECTORY_BYTES_MAX = 1_073_741_824;
const ENTRIES_MAX = 20_000_000;

const ENCRYPTED = 1;
const UTF8 = 0x800;
const STORED = 0;
const DEFLATED = 8;

/** Full of 1s: the value stands in the extra field. */
const ELSEWHERE = 0xffffffff;

const bytesAt = (fd: number, at: number, length: number): Buffer => {
  const buffer = Buffer.allocUnsafe(length);
  let read = 0;
  while (read < length) {
    const more = readSync(fd, buffer, read, length - read, at + read);
    if (more === 0) break;
    read += more;
  }
  return buffer.subarray(0, read);
};

const whole = (value: bigint): number =>
  value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.NaN : Number(value);

/** The files of an archive of `size` bytes, in the order of its directory. @throws DataError */
export function readDirectory(path: string, fd: number, size: number): ZipEntry[] {
  const damaged = (what: string): DataError =>
    new DataError(`${path} is damaged: ${what}. Download or copy it again.`);
  const tailAt = Math.max(0, size - END_BYTES - COMMENT_BYTES_MAX);
  const tail = bytesAt(fd, tailAt, size - tailAt);
  const end = findEnd(tail);
  if (end < 0)
    throw damaged('the directory at the end of the archive is missing, as of a download that broke off');
  let count = tail.readUInt16LE(end + 10);
  let length = tail.readUInt32LE(end + 12);
  let at = tail.readUInt32LE(end + 16);
  if (count === 0xffff || length === ELSEWHERE || at === ELSEWHERE) {
    const locator = bytesAt(fd, tailAt + end - LOCATOR64_BYTES, LOCATOR64_BYTES);
    if (locator.length === LOCATOR64_BYTES && locator.readUInt32LE(0) === LOCATOR64) {
      const wide = bytesAt(fd, whole(locator.readBigUInt64LE(8)), END64_BYTES);
      if (wide.length < END64_BYTES || wide.readUInt32LE(0) !== END64)
        throw damaged('its 64-bit directory is missing');
      count = whole(wide.readBigUInt64LE(32));
      length = whole(wide.readBigUInt64LE(40));
      at = whole(wide.readBigUInt64LE(48));
    }
  }
  if (!(count <= ENTRIES_MAX && length <= DIRECTORY_BYTES_MAX)) {
    throw new DataError(
      `${path} says that it holds ${count} files, more than any data set has: unpack it, and point to the folder.`,
    );
  }
  if (!(at + length <= size)) throw damaged('its directory lies outside of it');
  return entriesOf(path, bytesAt(fd, at, length), count, damaged);
}

function findEnd(tail: Buffer): number {
  for (let at = tail.length - END_BYTES; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) === END && at + END_BYTES + tail.readUInt16LE(at + 20) <= tail.length)
      return at;
  }
  return -1;
}

function entriesOf(
  path: string,
  directory: Buffer,
  count: number,
  damaged: (what: string) => DataError,
): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let number = 0; number < count; number += 1) {
    if (at + ENTRY_BYTES > directory.length || directory.readUInt32LE(at) !== ENTRY) {
      throw damaged(`its directory ends after ${number} of ${count} files`);
    }
    const nameAt = at + ENTRY_BYTES;
    const extraAt = nameAt + directory.readUInt16LE(at + 28);
    const next = extraAt + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    if (next > directory.length) throw damaged(`its directory is cut off at file ${number + 1} of ${count}`);
    const flags = directory.readUInt16LE(at + 8);
    const extra = directory.subarray(extraAt, extraAt + directory.readUInt16LE(at + 30));
    const name = nameOf(directory.subarray(nameAt, extraAt), extra, (flags & UTF8) !== 0);
    const sizes = {
      bytes: directory.readUInt32LE(at + 24),
      packedBytes: directory.readUInt32LE(at + 20),
      headerAt: directory.readUInt32LE(at + 42),
    };
    widen(sizes, extra);
    const isFolder = name.endsWith('/');
    if (!isFolder) {
      checkName(path, name);
      const method = directory.readUInt16LE(at + 10);
      if ((flags & ENCRYPTED) !== 0) {
        throw new DataError(`${name} in ${path} is encrypted: unpack the archive, and point to the folder.`);
      }
      if (method !== STORED && method !== DEFLATED) {
        throw new DataError(
          `${name} in ${path} is compressed in a way that is not read (method ${method}): unpack the archive, and point to the folder.`,
        );
      }
      if (!Object.values(sizes).every(Number.isSafeInteger))
        throw damaged(`the sizes of ${name} make no sense`);
      entries.push({ name, isPacked: method === DEFLATED, crc: directory.readUInt32LE(at + 16), ...sizes });
    }
    at = next;
  }
  return entries;
}

/** Nothing is written to a disk, but whoever made such a name meant somebody else harm. */
function checkName(path: string, name: string): void {
  const parts = name.split(/[/\\]/);
  if (!parts.includes('..') && !/^([/\\]|[A-Za-z]:)/.test(name)) return;
  throw new DataError(
    `${path} is refused: its file ${JSON.stringify(name)} would lie outside of the folder that it is unpacked in. Make the archive anew.`,
  );
}

/** Takes values that do not fit 32 bits from the extra field, which has those alone, in this order. */
function widen(sizes: { bytes: number; packedBytes: number; headerAt: number }, extra: Buffer): void {
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === EXTRA64) {
      let place = at + 4;
      for (const field of ['bytes', 'packedBytes', 'headerAt'] as const) {
        if (sizes[field] !== ELSEWHERE || place + 8 > Math.min(end, extra.length)) continue;
        sizes[field] = whole(extra.readBigUInt64LE(place));
        place += 8;
      }
    }
    at = end;
  }
}
