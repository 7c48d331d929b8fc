/**
 * Codings: how a flat vector travels, as parameters to a worker and as a partial's vector back. Rounding is part of what a
 * run computes, so that the coding follows from the run's spec and is not agreed on by a connection. What is
 * digested, compared and added is the vector that comes out of it; a checksum guards the bytes on their way.
 */
import type { RunSpec } from '../spec/runSpec.ts';
import { xxh32 } from './checksum.ts';

/** Vectors outside of it are float32 as little-endian bytes; those that come back may share memory with what went in. */
export type Coding = {
  /** Bytes of a coded vector of `length` elements: no other number of bytes is one. */
  readonly byteLength: (length: number) => number;
  readonly encode: (vector: Uint8Array) => Uint8Array;
  /** @param coded as long as `byteLength` says */
  readonly decode: (coded: Uint8Array) => Uint8Array;
};

const CODINGS = {
  /** Element after element, as it is. */
  f32: {
    byteLength: (length) => 4 * length,
    encode: (vector) => vector,
    decode: (coded) => coded,
  },
} satisfies Record<string, Coding>;

export const CODING_NAMES = Object.keys(CODINGS);

/** What the vectors of a run travel in, up and down. */
export const codingOf = (_spec: RunSpec): Coding => CODINGS.f32;

export type VectorReading =
  /** [length] float32 as little-endian bytes; may share the message's memory. */
  | { readonly type: 'vector'; readonly bytes: Uint8Array }
  | { readonly type: 'length'; readonly expected: number; readonly came: number }
  | { readonly type: 'damaged' };

/**
 * A vector of `length` elements out of a message: its bytes are counted and held against their checksum before anything
 * is decoded.
 * @param coded with a checksum of null where nothing can have happened to it on the way
 */
export function readVector(
  coding: Coding,
  { vector, checksum }: { readonly vector: Uint8Array; readonly checksum: number | null },
  length: number,
): VectorReading {
  const expected = coding.byteLength(length);
  if (vector.length !== expected) return { type: 'length', expected, came: vector.length };
  if (checksum !== null && xxh32(vector) !== checksum) return { type: 'damaged' };
  return { type: 'vector', bytes: coding.decode(vector) };
}
