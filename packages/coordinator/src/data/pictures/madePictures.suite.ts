/** Pictures for tests, made byte by byte: PNGs of every kind, and JPEGs with segments of their own. */
import { crc32, deflateSync } from 'node:zlib';

export type MadePng = {
  readonly depth: number;
  readonly kind: number;
  /** With a byte for the filter before each. */
  readonly rows: Uint8Array;
  readonly width?: number;
  readonly height?: number;
  readonly isInterlaced?: boolean;
  readonly before?: readonly (readonly [string, Uint8Array])[];
};

/** A PNG of any kind, chunk by chunk. */
export function madePng({
  depth,
  kind,
  rows,
  width = 4,
  height = 4,
  isInterlaced = false,
  before = [],
}: MadePng): Buffer {
  const chunk = (type: string, content: Uint8Array): Buffer => {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(content.length, 0);
    ends.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, kind, 0, 0, isInterlaced ? 1 : 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    ...before.map(([type, content]) => chunk(type, content)),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** A JPEG with another segment behind its beginning. */
export const withSegment = (bytes: Uint8Array, marker: number, content: Uint8Array): Buffer => {
  const head = Buffer.of(0xff, marker, 0, 0);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([bytes.subarray(0, 2), head, content, bytes.subarray(2)]);
};

/** What a camera writes of how it was held. */
export const exif = (orientation: number, isLittle: boolean): Buffer => {
  const tiff = Buffer.alloc(26);
  const write16 = (value: number, at: number) =>
    isLittle ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
  const write32 = (value: number, at: number) =>
    isLittle ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
  tiff.write(isLittle ? 'II' : 'MM', 0, 'latin1');
  write16(42, 2);
  write32(8, 4);
  write16(1, 8);
  write16(0x0112, 10);
  write16(3, 12);
  write32(1, 14);
  write16(orientation, 18);
  return Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
};
