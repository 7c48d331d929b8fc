/** The contents of files in a zip archive: small ones as a whole, large ones as a stream. */
import { createReadStream, readSync } from 'node:fs';
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { reasonOf } from '@shoal/core';
import { DataError } from '../dataError.ts';
import type { ZipEntry } from './directory.ts';

const HEADER = 0x04034b50;
const HEADER_BYTES = 30;

const damaged = (path: string, name: string, what: string): DataError =>
  new DataError(`${name} in ${path} cannot be unpacked: ${what}. Download or copy the archive again.`);

/** Where its packed bytes begin: the header before them has a name and an extra field of its own. */
function contentAt(path: string, fd: number, { name, headerAt }: ZipEntry): number {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  const read = readSync(fd, header, 0, HEADER_BYTES, headerAt);
  if (read < HEADER_BYTES || header.readUInt32LE(0) !== HEADER)
    throw damaged(path, name, 'it is not where it should be');
  return headerAt + HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
}

/** The content of one file, which unpacks to what the directory says or not at all. @throws DataError */
export function readEntry(path: string, fd: number, entry: ZipEntry): Uint8Array {
  const { name, packedBytes, bytes, isPacked, crc } = entry;
  const packed = Buffer.allocUnsafe(packedBytes);
  const at = contentAt(path, fd, entry);
  if (readSync(fd, packed, 0, packedBytes, at) < packedBytes)
    throw damaged(path, name, 'the archive is cut off');
  let content: Uint8Array = packed;
  if (isPacked) {
    try {
      content = inflateRawSync(packed, { maxOutputLength: Math.max(1, bytes) });
    } catch (error) {
      throw damaged(path, name, reasonOf(error));
    }
  }
  if (content.length !== bytes) {
    throw damaged(path, name, `it has ${content.length} bytes and not the ${bytes} that the archive says`);
  }
  if (crc32(content) !== crc) throw damaged(path, name, 'its checksum is another');
  return content;
}

/** The same piece by piece, for contents that are not to be in memory as a whole. @throws DataError while it is read */
export async function* streamEntry(path: string, fd: number, entry: ZipEntry): AsyncGenerator<Buffer> {
  const { name, packedBytes, bytes, isPacked, crc } = entry;
  if (packedBytes === 0) return;
  const start = contentAt(path, fd, entry);
  const packed = createReadStream(path, { start, end: start + packedBytes - 1, highWaterMark: 1 << 20 });
  const inflate = isPacked ? createInflateRaw({ chunkSize: 1 << 20 }) : null;
  let total = 0;
  let sum = 0;
  try {
    const content = inflate === null ? packed : packed.pipe(inflate);
    packed.on('error', (error) => content.destroy(error));
    for await (const piece of content as AsyncIterable<Buffer>) {
      total += piece.length;
      if (total > bytes)
        throw damaged(path, name, `it has more than the ${bytes} bytes that the archive says`);
      sum = crc32(piece, sum);
      yield piece;
    }
  } catch (error) {
    throw error instanceof DataError ? error : damaged(path, name, reasonOf(error));
  } finally {
    packed.destroy();
    inflate?.destroy();
  }
  if (total !== bytes)
    throw damaged(path, name, `it has ${total} bytes and not the ${bytes} that the archive says`);
  if (sum !== crc) throw damaged(path, name, 'its checksum is another');
}
