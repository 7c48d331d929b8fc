/** Vectors from workers into the tensor store: length and checksum first, then one copy. */
import {
  type Coding,
  readVector,
  type UnsealedPartial,
  unreachable,
  type VectorArena,
  type VectorId,
} from '@shoal/core';

export type Inboxed =
  | { readonly type: 'stored'; readonly tensor: VectorId | null }
  | { readonly type: 'malformed'; readonly reason: string };

export type Unpacked =
  /** [length] float32 as little-endian bytes, which may share the message's memory; null where there is none. */
  | { readonly type: 'vector'; readonly bytes: Uint8Array | null }
  | Extract<Inboxed, { readonly type: 'malformed' }>;

/** What a partial's vector decodes to, or what is wrong with its form. */
export function unpack(partial: UnsealedPartial, coding: Coding, length: number): Unpacked {
  const { vector, checksum } = partial;
  if (vector === null) return { type: 'vector', bytes: null };
  if (!partial.finite) return malformed('A partial that is not finite brings no gradient.');
  const reading = readVector(coding, { vector, checksum }, length);
  switch (reading.type) {
    case 'vector':
      return reading;
    case 'length':
      return malformed(`A gradient of this model has ${reading.expected} bytes, not ${reading.came}.`);
    case 'damaged':
      return malformed('The gradient was damaged on the way: its checksum does not match.');
    default:
      return unreachable(reading);
  }
}

export function storeGradient(arena: VectorArena, coding: Coding, partial: UnsealedPartial): Inboxed {
  const unpacked = unpack(partial, coding, arena.length);
  if (unpacked.type === 'malformed') return unpacked;
  if (unpacked.bytes === null) return { type: 'stored', tensor: null };
  const tensor = arena.allocate();
  arena.bytes(tensor).set(unpacked.bytes);
  if (!arena.isFinite(tensor)) {
    arena.free(tensor);
    return malformed('The gradient has infinities or NaN but says that it is finite.');
  }
  return { type: 'stored', tensor };
}

const malformed = (reason: string) => ({ type: 'malformed', reason }) as const;
