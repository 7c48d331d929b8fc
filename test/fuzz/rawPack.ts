/** MessagePack without any of the rules: keys of any kind, the same key twice, lengths that lie, unused tags. */

/** A map as its pairs, in order; keys may repeat and need not be strings. */
export class Pairs {
  readonly entries: readonly (readonly [key: Raw, value: Raw])[];

  constructor(entries: readonly (readonly [key: Raw, value: Raw])[]) {
    this.entries = entries;
  }
}

/** Bytes that stand in the message as they are. */
export class Verbatim {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

export type Raw = null | boolean | number | bigint | string | Uint8Array | readonly Raw[] | Pairs | Verbatim;

export const pairsOf = (message: Readonly<Record<string, Raw>>): Pairs => new Pairs(Object.entries(message));

export function rawPack(value: Raw): Buffer {
  const parts: Uint8Array[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

function write(value: Raw, parts: Uint8Array[]): void {
  if (value === null) parts.push(Buffer.of(0xc0));
  else if (typeof value === 'boolean') parts.push(Buffer.of(value ? 0xc3 : 0xc2));
  else if (typeof value === 'number') parts.push(numberBytes(value));
  else if (typeof value === 'bigint') {
    const bytes = Buffer.alloc(9, 0xcf);
    bytes.writeBigUInt64BE(BigInt.asUintN(64, value), 1);
    parts.push(bytes);
  } else if (typeof value === 'string') {
    const text = Buffer.from(value);
    parts.push(header(0xdb, text.length), text);
    if (text.length < 32) parts.splice(-2, 1, Buffer.of(0xa0 + text.length));
    else if (text.length < 256) parts.splice(-2, 1, Buffer.of(0xd9, text.length));
  } else if (value instanceof Uint8Array) parts.push(header(0xc6, value.length), value);
  else if (value instanceof Verbatim) parts.push(value.bytes);
  else if (value instanceof Pairs) {
    const { length } = value.entries;
    parts.push(length < 16 ? Buffer.of(0x80 + length) : header(0xdf, length));
    for (const [key, member] of value.entries) {
      write(key, parts);
      write(member, parts);
    }
  } else {
    parts.push(value.length < 16 ? Buffer.of(0x90 + value.length) : header(0xdd, value.length));
    for (const member of value) write(member, parts);
  }
}

/** A tag with a length of 32 bits, true or not. */
export function header(tag: number, length: number): Buffer {
  const bytes = Buffer.alloc(5, tag);
  bytes.writeUInt32BE(length >>> 0, 1);
  return bytes;
}

function numberBytes(value: number): Buffer {
  if (Number.isInteger(value) && value >= 0 && value < 0x80) return Buffer.of(value);
  if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return header(0xce, value);
  const bytes = Buffer.alloc(9, 0xcb);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}
