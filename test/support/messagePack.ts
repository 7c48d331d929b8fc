/**
 * MessagePack as docs/protocol.md restricts it, written from that page: maps with string keys, arrays, strings, bytes,
 * booleans, nil, integers of up to 32 bits and float 64. No code of the product is used.
 */

export type Value =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };
export type Message = { readonly [key: string]: Value };

export function pack(value: Value): Uint8Array {
  const parts: Buffer[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

function write(value: Value, parts: Buffer[]): void {
  if (value === null) parts.push(Buffer.of(0xc0));
  else if (typeof value === 'boolean') parts.push(Buffer.of(value ? 0xc3 : 0xc2));
  else if (typeof value === 'number') parts.push(numberOf(value));
  else if (typeof value === 'string') {
    const text = Buffer.from(value);
    parts.push(sized(text.length, [0xa0, 31], 0xd9), text);
  } else if (value instanceof Uint8Array) {
    parts.push(sized(value.length, null, 0xc4), Buffer.from(value));
  } else if (Array.isArray(value)) {
    parts.push(sized(value.length, [0x90, 15], 0xdb));
    for (const element of value) write(element, parts);
  } else {
    const entries = Object.entries(value);
    parts.push(sized(entries.length, [0x80, 15], 0xdd));
    for (const [key, element] of entries) {
      write(key, parts);
      write(element, parts);
    }
  }
}

/** The tag of something with a length: short where there is a short form, else of 8 (`wide`), 16 or 32 bits. */
function sized(length: number, short: readonly [tag: number, most: number] | null, wide: number): Buffer {
  if (short !== null && length <= short[1]) return Buffer.of(short[0] + length);
  // Arrays and maps have no form of 8 bits: theirs begin at 0xdc and 0xde.
  const has8 = wide === 0xd9 || wide === 0xc4;
  if (has8 && length < 0x100) return Buffer.of(wide, length);
  const tag = Buffer.alloc(length < 0x10000 ? 3 : 5);
  tag[0] = wide + (length < 0x10000 ? 1 : 2);
  if (length < 0x10000) tag.writeUInt16BE(length, 1);
  else tag.writeUInt32BE(length, 1);
  return tag;
}

function numberOf(value: number): Buffer {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 32 && !Object.is(value, -0)) {
    if (value < 0x80) return Buffer.of(value);
    const whole = Buffer.alloc(5);
    whole[0] = 0xce;
    whole.writeUInt32BE(value, 1);
    return whole;
  }
  const float = Buffer.alloc(9);
  float[0] = 0xcb;
  float.writeDoubleBE(value, 1);
  return float;
}

export function unpack(frame: Uint8Array): { readonly [key: string]: Value } {
  const reader = new Reader(Buffer.from(frame.buffer, frame.byteOffset, frame.length));
  const value = reader.value();
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || Array.isArray(value)) {
    throw new Error('A message is a map.');
  }
  return value as { readonly [key: string]: Value };
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  #take(length: number): Buffer {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #uint(bytes: 1 | 2 | 4): number {
    return this.#take(bytes).readUIntBE(0, bytes);
  }

  value(): Value {
    const tag = this.#uint(1);
    if (tag < 0x80) return tag;
    if (tag < 0x90) return this.#map(tag & 15);
    if (tag < 0xa0) return this.#array(tag & 15);
    if (tag < 0xc0) return this.#take(tag & 31).toString();
    if (tag >= 0xe0) return tag - 256;
    switch (tag) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
        return Uint8Array.from(this.#take(this.#uint(1)));
      case 0xc5:
        return Uint8Array.from(this.#take(this.#uint(2)));
      case 0xc6:
        return Uint8Array.from(this.#take(this.#uint(4)));
      case 0xca:
        return this.#take(4).readFloatBE(0);
      case 0xcb:
        return this.#take(8).readDoubleBE(0);
      case 0xcc:
        return this.#uint(1);
      case 0xcd:
        return this.#uint(2);
      case 0xce:
        return this.#uint(4);
      case 0xd0:
        return this.#take(1).readInt8(0);
      case 0xd1:
        return this.#take(2).readInt16BE(0);
      case 0xd2:
        return this.#take(4).readInt32BE(0);
      case 0xd9:
        return this.#take(this.#uint(1)).toString();
      case 0xda:
        return this.#take(this.#uint(2)).toString();
      case 0xdb:
        return this.#take(this.#uint(4)).toString();
      case 0xdc:
        return this.#array(this.#uint(2));
      case 0xdd:
        return this.#array(this.#uint(4));
      case 0xde:
        return this.#map(this.#uint(2));
      case 0xdf:
        return this.#map(this.#uint(4));
      default:
        throw new Error(`The protocol does not use the tag ${tag.toString(16)}.`);
    }
  }

  #array(length: number): Value[] {
    return Array.from({ length }, () => this.value());
  }

  #map(length: number): { readonly [key: string]: Value } {
    const entries: [string, Value][] = [];
    for (let i = 0; i < length; i += 1) entries.push([this.value() as string, this.value()]);
    return Object.fromEntries(entries);
  }
}
