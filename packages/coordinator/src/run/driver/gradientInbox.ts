/** Gradients from workers into the tensor store: length and checksum first, then one copy. */
import { type UnsealedPartial, type VectorArena, type VectorId, xxh32 } from '@shoal/core';

export type Inboxed =
  | { readonly type: 'stored'; readonly tensor: VectorId | null }
  | { readonly type: 'malformed'; readonly reason: string };

/** @returns what is wrong with the gradient's form, as a sentence, or null */
export function gradientFault(partial: UnsealedPartial, length: number): string | null {
  const { gradient, checksum } = partial;
  if (gradient === null) return null;
  if (!partial.finite) return 'A partial that is not finite brings no gradient.';
  if (gradient.length !== length * 4) {
    return `A gradient of this model has ${length * 4} bytes, not ${gradient.length}.`;
  }
  if (checksum !== null && xxh32(gradient) !== checksum) {
    return 'The gradient was damaged on the way: its checksum does not match.';
  }
  return null;
}

export function storeGradient(arena: VectorArena, partial: UnsealedPartial): Inboxed {
  const { gradient } = partial;
  const fault = gradientFault(partial, arena.length);
  if (fault !== null) return { type: 'malformed', reason: fault };
  if (gradient === null) return { type: 'stored', tensor: null };
  const tensor = arena.allocate();
  arena.bytes(tensor).set(gradient);
  if (!arena.isFinite(tensor)) {
    arena.free(tensor);
    return { type: 'malformed', reason: 'The gradient has infinities or NaN but says that it is finite.' };
  }
  return { type: 'stored', tensor };
}
