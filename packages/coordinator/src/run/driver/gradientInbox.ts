/** Vectors from workers into the tensor store: length and checksum first, then one copy. */
import {
  type Coding,
  readVector,
  readVectorInto,
  type UnsealedPartial,
  unreachable,
  type VectorArena,
  type VectorFault,
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
export function unpack(partial: UnsealedPartial, coding: Coding): Unpacked {
  const { vector, checksum } = partial;
  if (vector === null) return { type: 'vector', bytes: null };
  if (!partial.finite) return NOT_FINITE;
  const reading = readVector(coding, { vector, checksum });
  return reading.type === 'vector' ? reading : malformed(wordsOf(reading));
}

export function storeGradient(arena: VectorArena, coding: Coding, partial: UnsealedPartial): Inboxed {
  const { vector, checksum } = partial;
  if (vector === null) return { type: 'stored', tensor: null };
  if (!partial.finite) return NOT_FINITE;
  const tensor = arena.allocate();
  const fault = readVectorInto(coding, { vector, checksum }, arena, tensor);
  if (fault === null && arena.isFinite(tensor)) return { type: 'stored', tensor };
  arena.free(tensor);
  return malformed(
    fault === null ? 'The gradient has infinities or NaN but says that it is finite.' : wordsOf(fault),
  );
}

function wordsOf(fault: VectorFault): string {
  switch (fault.type) {
    case 'length':
      return `A gradient of this model has ${fault.expected} bytes, not ${fault.came}.`;
    case 'damaged':
      return 'The gradient was damaged on the way: its checksum does not match.';
    case 'foreign':
      return `The gradient has scales or whole numbers that ${fault.coding} does not have, or not those of its lease.`;
    default:
      return unreachable(fault);
  }
}

const malformed = (reason: string) => ({ type: 'malformed', reason }) as const;
const NOT_FINITE = malformed('A partial that is not finite brings no gradient.');
