/** The wire format of protocol buffers, as far as ONNX and TensorBoard need it: numbers, bytes, texts and messages within messages. */
import { utf8ToBytes } from '@noble/hashes/utils.js';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Writes the fields of one message, in any order. */
export class ProtoWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** A whole number below 2⁵³; negative ones as 64 bits of two's complement. */
  integer(field: number, value: number): this {
    this.#tag(field, VARINT);
    return this.#varint(value);
  }

  float(field: number, value: number): this {
    this.#tag(field, FIXED32);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#put(bytes);
  }

  double(field: number, value: number): this {
    this.#tag(field, FIXED64);
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    return this.#put(bytes);
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, BYTES);
    this.#varint(value.length);
    return this.#put(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, utf8ToBytes(value));
  }

  message(field: number, value: ProtoWriter): this {
    this.#tag(field, BYTES);
    this.#varint(value.#length);
    for (const part of value.#parts) this.#put(part);
    return this;
  }

  finish(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #tag(field: number, type: number): void {
    this.#varint(field * 8 + type);
  }

  #varint(value: number): this {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    do {
      const low = Number(rest & 127n);
      rest >>= 7n;
      bytes.push(rest > 0n ? low | 128 : low);
    } while (rest > 0n);
    return this.#put(Uint8Array.from(bytes));
  }

  #put(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return this;
  }
}
