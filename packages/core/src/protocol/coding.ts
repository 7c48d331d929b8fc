/**
 * Codings: how a flat vector travels, as parameters to a worker and as a partial's vector back. Rounding is part of what a
 * run computes and is done where a vector comes about (`coding/roundVector.ts`); here what has been rounded is only written
 * down, without loss. So the coding follows from the run's spec and is not agreed on by a connection, and what is
 * digested, compared and added is the vector itself; a checksum guards the bytes on their way.
 */

import { upKind } from '../coding/kind.ts';
import { type CodedLayout, codedLayout } from '../coding/layout.ts';
import { isScale, type RoundingName, scaleFor, WHOLE_MAX } from '../coding/scale.ts';
import { packedLength } from '../coding/wholeNumbers.ts';
import type { Model } from '../nn/model.ts';
import type { CodingName, RunSpec } from '../spec/runSpec.ts';
import { VectorArena, type VectorId } from '../vectors/arena.ts';
import { xxh32 } from './checksum.ts';

/** Vectors outside of it are float32 as little-endian bytes; those that come back may share memory with what went in. */
export interface Coding {
  readonly name: CodingName;
  /** Bytes of a coded vector: no other number of bytes is one. */
  readonly byteLength: number;
  /** @param vector rounded as the coding has it */
  encode(vector: Uint8Array): Uint8Array;
  /** The same of a vector in an arena, as bytes of their own. */
  encodeFrom(arena: VectorArena, id: VectorId): Uint8Array;
  /** @param coded of `byteLength` bytes. @returns null where a scale or a whole number is none of the coding's */
  decode(coded: Uint8Array): Uint8Array | null;
  /** The same into a vector of an arena. @returns whether it is one */
  decodeInto(coded: Uint8Array, arena: VectorArena, id: VectorId): boolean;
}

/** Element after element, as it is. */
class Plain implements Coding {
  readonly name = 'f32';
  readonly byteLength: number;

  constructor(length: number) {
    this.byteLength = 4 * length;
  }

  encode(vector: Uint8Array): Uint8Array {
    return vector;
  }

  encodeFrom(arena: VectorArena, id: VectorId): Uint8Array {
    return arena.bytes(id).slice();
  }

  decode(coded: Uint8Array): Uint8Array {
    return coded;
  }

  decodeInto(coded: Uint8Array, arena: VectorArena, id: VectorId): boolean {
    arena.bytes(id).set(coded);
    return true;
  }
}

/**
 * The scale of every tensor as float32; then the whole numbers of every tensor, each beginning with a byte of its own; then
 * what is not rounded, as float32.
 */
class Rounded implements Coding {
  readonly name: RoundingName;
  readonly byteLength: number;
  readonly #layout: CodedLayout;
  /** Where the whole numbers of each tensor begin and end. */
  readonly #places: readonly (readonly [from: number, to: number])[];
  /** Those that everybody has to use; null where every vector has its own. */
  readonly #scales: Float32Array | null;
  readonly #workplace: Workplace;

  constructor(name: RoundingName, layout: CodedLayout, scales: Float32Array | null, workplace: Workplace) {
    this.name = name;
    this.#layout = layout;
    this.#workplace = workplace;
    this.#scales = scales;
    let at = 4 * layout.tensors.length;
    this.#places = layout.tensors.map(({ length }) => {
      const from = at;
      at += packedLength(name, length);
      return [from, at] as const;
    });
    this.byteLength = at + 4 * (layout.vectorLength - layout.roundedLength);
  }

  encode(vector: Uint8Array): Uint8Array {
    const { arena } = this.#workplace;
    const id = arena.allocate();
    arena.bytes(id).set(vector);
    const coded = this.encodeFrom(arena, id);
    arena.free(id);
    return coded;
  }

  encodeFrom(arena: VectorArena, id: VectorId): Uint8Array {
    // The kernels write bytes where vectors lie. Without room for them it is done elsewhere.
    if (!this.#hasRoom(arena)) return this.encode(arena.bytes(id));
    const lent = arena.allocate();
    const { kernels } = arena;
    const packs = this.name === 'int8' ? kernels.packInt8 : kernels.packInt4;
    const coded = arena.bytes(lent).subarray(0, this.byteLength);
    const head = new DataView(coded.buffer, coded.byteOffset);
    for (const [tensor, { offset, length }] of this.#layout.tensors.entries()) {
      const x = arena.address(id) + 4 * offset;
      const scale = this.#scales?.[tensor] ?? scaleFor(kernels.largest(x, length), WHOLE_MAX[this.name]);
      head.setFloat32(4 * tensor, scale, true);
      const [from, to] = this.#place(tensor);
      if (scale === 0) coded.fill(0, from, to);
      else packs(x, coded.byteOffset + from, length, scale);
    }
    const { roundedLength, vectorLength } = this.#layout;
    const rest = arena.bytes(id).subarray(4 * roundedLength, 4 * vectorLength);
    coded.set(rest, this.byteLength - rest.length);
    const copy = coded.slice();
    arena.free(lent);
    return copy;
  }

  decode(coded: Uint8Array): Uint8Array | null {
    const { arena } = this.#workplace;
    const id = arena.allocate();
    const right = this.decodeInto(coded, arena, id);
    const vector = right ? arena.bytes(id).slice(0, 4 * this.#layout.vectorLength) : null;
    arena.free(id);
    return vector;
  }

  /**
   * A vector with changes added to it one after the other, in float32; what is not rounded of them takes the place of what
   * is there.
   * @param changes coded, one behind the other
   * @returns null where one of them is none of the coding's
   */
  changed(vector: Uint8Array, changes: Uint8Array): Uint8Array | null {
    const { arena } = this.#workplace;
    const [held, change] = [arena.allocate(), arena.allocate()];
    arena.bytes(held).set(vector);
    let right = true;
    for (let from = 0; from < changes.length; from += this.byteLength) {
      const coded = changes.subarray(from, from + this.byteLength);
      right = this.decodeInto(coded, arena, change) && right;
      arena.kernels.add(arena.address(held), arena.address(change), this.#layout.roundedLength);
      arena.bytes(held).set(this.#rest(coded), 4 * this.#layout.roundedLength);
    }
    const result = right ? arena.bytes(held).slice(0, 4 * this.#layout.vectorLength) : null;
    arena.free(held);
    arena.free(change);
    return result;
  }

  decodeInto(coded: Uint8Array, arena: VectorArena, id: VectorId): boolean {
    const scales = this.#scalesIn(coded);
    if (scales === null) return false;
    // The kernels read bytes from where vectors lie. Without room for them it is done elsewhere.
    if (!this.#hasRoom(arena)) {
      const vector = this.decode(coded);
      if (vector !== null) arena.bytes(id).set(vector);
      return vector !== null;
    }
    const lent = arena.allocate();
    arena.bytes(lent).set(coded);
    const { kernels } = arena;
    const unpacks = this.name === 'int8' ? kernels.unpackInt8 : kernels.unpackInt4;
    let right = true;
    for (const [tensor, { offset, length }] of this.#layout.tensors.entries()) {
      const [from] = this.#place(tensor);
      const into = arena.address(id) + 4 * offset;
      const whole = arena.address(lent) + from;
      right = unpacks(whole, into, length, scales[tensor] as number) === 1 && right;
    }
    arena.bytes(id).set(this.#rest(coded), 4 * this.#layout.roundedLength);
    arena.free(lent);
    return right;
  }

  /** For the bytes of one; a model of a few elements has more of them than of the elements themselves. */
  #hasRoom(arena: VectorArena): boolean {
    return arena.size < arena.vectorsMax && 4 * arena.length >= this.byteLength;
  }

  #rest(coded: Uint8Array): Uint8Array {
    return coded.subarray(coded.length - 4 * (this.#layout.vectorLength - this.#layout.roundedLength));
  }

  #place(tensor: number): readonly [number, number] {
    return this.#places[tensor] as readonly [number, number];
  }

  /** Null where one is no scale, or not the one that was said. */
  #scalesIn(coded: Uint8Array): Float32Array | null {
    const head = new DataView(coded.buffer, coded.byteOffset, coded.byteLength);
    const scales = Float32Array.from(this.#layout.tensors, (_, tensor) => head.getFloat32(4 * tensor, true));
    const right = this.#scales ?? scales;
    return scales.every((scale, tensor) => isScale(scale) && scale === right[tensor]) ? scales : null;
  }
}

/** A few vectors of its own for what comes from elsewhere, since the kernels work where vectors lie. */
class Workplace {
  readonly #length: number;
  #arena: VectorArena | null = null;

  constructor({ vectorLength, tensors }: CodedLayout) {
    // Scales, and a byte for each element at most: room for what is coded, however short the tensors.
    this.#length = vectorLength + tensors.length;
  }

  /** Made once it is needed. Its vectors are used within one call at a time. */
  get arena(): VectorArena {
    this.#arena ??= new VectorArena({ length: this.#length, vectorsMax: 3 });
    return this.#arena;
  }
}

/** What the vectors of a run travel in. */
export class Codings {
  /** Of vectors that are not rounded. */
  readonly plain: Coding;
  /** Of what parameters change by from one version to the next; null where they travel whole. */
  readonly down: (Coding & Pick<Rounded, 'changed'>) | null;
  readonly #layout: CodedLayout;
  readonly #workplace: Workplace;
  readonly #spec: Pick<RunSpec, 'coding' | 'steps'>;

  constructor(spec: Pick<RunSpec, 'coding' | 'steps'>, model: Model) {
    this.#spec = spec;
    this.#layout = codedLayout(model);
    this.#workplace = new Workplace(this.#layout);
    const { down } = spec.coding;
    this.plain = new Plain(model.vectorLength);
    this.down = down === 'f32' ? null : new Rounded(down, this.#layout, null, this.#workplace);
  }

  /** Scales that everybody uses in a step: as many as there are tensors that are rounded. */
  get scales(): number {
    return this.#layout.tensors.length;
  }

  /**
   * Of the vectors of partials.
   * @param scales those of the lease, where it names any
   */
  up(scales: Float32Array | null): Coding {
    const kind = upKind(this.#spec);
    if (kind.type === 'own') return new Rounded(kind.coding, this.#layout, null, this.#workplace);
    if (kind.type === 'common' && scales !== null) {
      return new Rounded('int8', this.#layout, scales, this.#workplace);
    }
    return this.plain;
  }
}

export type VectorReading =
  /** [length] float32 as little-endian bytes; may share the message's memory. */
  { readonly type: 'vector'; readonly bytes: Uint8Array } | VectorFault;
export type VectorFault =
  | { readonly type: 'length'; readonly expected: number; readonly came: number }
  | { readonly type: 'damaged' }
  /** A scale or a whole number is none that the coding has. */
  | { readonly type: 'foreign'; readonly coding: CodingName };

type Received = {
  readonly vector: Uint8Array;
  /** Null where nothing can have happened to it on the way. */
  readonly checksum: number | null;
};

/** The bytes of a coded vector are counted and held against their checksum before anything is decoded. */
export function faultOfBytes(coding: Pick<Coding, 'byteLength'>, received: Received): VectorFault | null {
  const { vector, checksum } = received;
  const expected = coding.byteLength;
  if (vector.length !== expected) return { type: 'length', expected, came: vector.length };
  return checksum !== null && xxh32(vector) !== checksum ? { type: 'damaged' } : null;
}

/** A vector out of a message. */
export function readVector(coding: Coding, received: Received): VectorReading {
  const fault = faultOfBytes(coding, received);
  if (fault !== null) return fault;
  const bytes = coding.decode(received.vector);
  return bytes === null ? { type: 'foreign', coding: coding.name } : { type: 'vector', bytes };
}

/** The same into a vector of an arena. @returns what is wrong with it, or null */
export function readVectorInto(
  coding: Coding,
  received: Received,
  arena: VectorArena,
  id: VectorId,
): VectorFault | null {
  const fault = faultOfBytes(coding, received);
  if (fault !== null) return fault;
  return coding.decodeInto(received.vector, arena, id) ? null : { type: 'foreign', coding: coding.name };
}
