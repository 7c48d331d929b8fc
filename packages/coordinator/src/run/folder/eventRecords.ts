/**
 * TensorBoard's event files as bytes: records as TensorFlow's `record_writer.cc` frames them, each an `Event` of TensorFlow's
 * `event.proto`, as far as scalars need it.
 */
import { ProtoWriter } from '@shoal/core';

/** Length (8 bytes), its checksum (4), the data, and the data's checksum (4); all little-endian. */
const HEAD = 12;
const FRAME = HEAD + 4;

/** Castagnoli's polynomial, with its bits reversed. */
const POLYNOMIAL = 0x82f63b78;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** A checksum of data that has checksums in it would be a weak one. */
function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

export function encodeRecord(data: Uint8Array): Uint8Array {
  const record = Buffer.alloc(FRAME + data.length);
  record.writeBigUInt64LE(BigInt(data.length));
  record.writeUInt32LE(masked(record.subarray(0, 8)), 8);
  record.set(data, HEAD);
  record.writeUInt32LE(masked(data), HEAD + data.length);
  return record;
}

/** The records of a file up to the first that is not whole: a crash may have cut off the last. */
export function decodeRecords(file: Uint8Array): Uint8Array[] {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const records: Uint8Array[] = [];
  for (let at = 0; at + FRAME <= bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    if (bytes.readUInt32LE(at + 8) !== masked(bytes.subarray(at, at + 8))) break;
    if (length > bytes.length - at - FRAME) break;
    const data = bytes.subarray(at + HEAD, at + HEAD + length);
    if (bytes.readUInt32LE(at + HEAD + length) !== masked(data)) break;
    records.push(data);
    at += FRAME + length;
  }
  return records;
}

/** What `event.proto` calls the numbers of its fields. */
const WALL_TIME = 1;
const STEP = 2;
const FILE_VERSION = 3;
const SUMMARY = 5;
const SESSION_LOG = 7;
const VALUE = 1;
const TAG = 1;
const SIMPLE_VALUE = 2;
const STATUS = 1;
const START = 1;

/** `seconds`: since 1970. Every file begins with it. */
export const versionEvent = (seconds: number): Uint8Array =>
  new ProtoWriter().double(WALL_TIME, seconds).text(FILE_VERSION, 'brain.Event:2').finish();

/** Whoever has read an earlier file of the run forgets what it said of this step and of all later ones. */
export const startEvent = (seconds: number, step: number): Uint8Array =>
  new ProtoWriter()
    .double(WALL_TIME, seconds)
    .integer(STEP, step)
    .message(SESSION_LOG, new ProtoWriter().integer(STATUS, START))
    .finish();

export type Scalars = Readonly<Record<string, number>>;

export function scalarsEvent(seconds: number, step: number, scalars: Scalars): Uint8Array {
  const summary = new ProtoWriter();
  for (const [tag, value] of Object.entries(scalars)) {
    summary.message(VALUE, new ProtoWriter().text(TAG, tag).float(SIMPLE_VALUE, value));
  }
  return new ProtoWriter().double(WALL_TIME, seconds).integer(STEP, step).message(SUMMARY, summary).finish();
}

/** The step and the names of the scalars of an event that this file has made; null of one that holds none. */
export function readEvent(
  event: Uint8Array,
): { readonly step: number; readonly tags: readonly string[] } | null {
  let step = 0;
  const tags: string[] = [];
  for (const [field, value] of fieldsOf(event)) {
    if (field === STEP && typeof value === 'number') step = value;
    if (field !== SUMMARY || typeof value === 'number') continue;
    for (const [, one] of fieldsOf(value)) {
      if (typeof one === 'number') continue;
      const tag = [...fieldsOf(one)].find(([name]) => name === TAG)?.[1];
      if (tag instanceof Uint8Array) tags.push(new TextDecoder().decode(tag));
    }
  }
  return tags.length === 0 ? null : { step, tags };
}

/** Fields of fixed width are passed over. */
function* fieldsOf(message: Uint8Array): Generator<readonly [field: number, value: number | Uint8Array]> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at] ?? 0;
      at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    switch (key % 8) {
      case 0:
        yield [field, varint()];
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const length = varint();
        yield [field, message.subarray(at, at + length)];
        at += length;
        break;
      }
      default:
        at += 4;
    }
  }
}
