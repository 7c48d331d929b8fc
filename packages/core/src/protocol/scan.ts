/**
 * A walk over MessagePack bytes before they are decoded: it allocates nothing and refuses what a decoder should
 * never be given (deep nesting, lengths beyond the frame, extension types, dangerous keys). Format: msgpack.org/spec.
 */

export type ScanLimits = {
  readonly nestingMax: number;
  readonly elementsMax: number;
  readonly valuesMax: number;
};

class Scanner {
  readonly #bytes: Uint8Array;
  readonly #limits: ScanLimits;
  #at = 0;
  #values = 0;

  constructor(bytes: Uint8Array, limits: ScanLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  run(): string | null {
    const problem = this.#value(1);
    if (problem !== null) return problem;
    return this.#at === this.#bytes.length ? null : 'bytes follow the message';
  }

  #uint(size: number): number {
    let value = 0;
    for (let i = 0; i < size; i += 1) value = value * 256 + (this.#bytes[this.#at + i] ?? 0);
    this.#at += size;
    return value;
  }

  #skip(length: number): string | null {
    this.#at += length;
    return this.#at <= this.#bytes.length ? null : 'the frame ends inside a value';
  }

  #value(depth: number): string | null {
    if (this.#at >= this.#bytes.length) return 'the frame ends inside a value';
    // A value of one byte in a frame may take a hundred once it is decoded.
    this.#values += 1;
    if (this.#values > this.#limits.valuesMax) return `it has more than ${this.#limits.valuesMax} values`;
    const tag = this.#bytes[this.#at] as number;
    this.#at += 1;
    if (tag <= 0x7f || tag >= 0xe0) return null;
    if (tag <= 0x8f) return this.#collection(tag & 0x0f, true, depth);
    if (tag <= 0x9f) return this.#collection(tag & 0x0f, false, depth);
    if (tag <= 0xbf) return this.#skip(tag & 0x1f);
    switch (tag) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return null;
      case 0xc4:
      case 0xd9:
        return this.#skip(this.#uint(1));
      case 0xc5:
      case 0xda:
        return this.#skip(this.#uint(2));
      case 0xc6:
      case 0xdb:
        return this.#skip(this.#uint(4));
      case 0xcc:
      case 0xd0:
        return this.#skip(1);
      case 0xcd:
      case 0xd1:
        return this.#skip(2);
      case 0xca:
      case 0xce:
      case 0xd2:
        return this.#skip(4);
      case 0xcb:
      case 0xcf:
      case 0xd3:
        return this.#skip(8);
      case 0xdc:
        return this.#collection(this.#uint(2), false, depth);
      case 0xdd:
        return this.#collection(this.#uint(4), false, depth);
      case 0xde:
        return this.#collection(this.#uint(2), true, depth);
      case 0xdf:
        return this.#collection(this.#uint(4), true, depth);
      default:
        return 'an extension type or an unused tag stands in it';
    }
  }

  #collection(size: number, keyed: boolean, depth: number): string | null {
    if (depth > this.#limits.nestingMax) return `it nests deeper than ${this.#limits.nestingMax}`;
    if (size > this.#limits.elementsMax)
      return `a collection has more than ${this.#limits.elementsMax} elements`;
    for (let i = 0; i < size; i += 1) {
      if (keyed) {
        const problem = this.#key();
        if (problem !== null) return problem;
      }
      const problem = this.#value(depth + 1);
      if (problem !== null) return problem;
    }
    return null;
  }

  /** Keys are short strings; `__proto__` is what a prototype-pollution attack would send. */
  #key(): string | null {
    const tag = this.#bytes[this.#at] ?? 0;
    const short = tag >= 0xa0 && tag <= 0xbf;
    if (!short && tag !== 0xd9) return 'a key is not a short string';
    this.#at += 1;
    const length = short ? tag & 0x1f : this.#uint(1);
    const start = this.#at;
    const problem = this.#skip(length);
    if (problem !== null) return problem;
    if (length === 9 && this.#bytes[start] === 0x5f && this.#bytes[start + 1] === 0x5f) {
      return 'a key begins with two underscores';
    }
    return null;
  }
}

/** @returns what is wrong, as the end of a sentence, or null. */
export function scanMessagePack(bytes: Uint8Array, limits: ScanLimits): string | null {
  return new Scanner(bytes, limits).run();
}
