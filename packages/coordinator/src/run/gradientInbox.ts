/** Gradients from the network into the tensor store: length and checksum first, then one copy. */
import { type Partial, type VectorArena, type VectorId, xxh32 } from '@shoal/core';

export type Inboxed =
  | { readonly type: 'stored'; readonly tensor: VectorId | null }
  | { readonly type: 'malformed'; readonly reason: string };

export function storeGradient(arena: VectorArena, partial: Partial): Inboxed {
  const { gradient } = partial;
  if (gradient === null) return { type: 'stored', tensor: null };
  if (!partial.finite)
    return { type: 'malformed', reason: 'A partial that is not finite brings no gradient.' };
  const bytes = arena.length * 4;
  if (gradient.length !== bytes) {
    return {
      type: 'malformed',
      reason: `A gradient of this model has ${bytes} bytes, not ${gradient.length}.`,
    };
  }
  const checksum = xxh32(gradient);
  if (checksum !== partial.checksum) {
    return { type: 'malformed', reason: 'The gradient was damaged on the way: its checksum does not match.' };
  }
  const tensor = arena.allocate();
  arena.bytes(tensor).set(gradient);
  if (!arena.isFinite(tensor)) {
    arena.free(tensor);
    return { type: 'malformed', reason: 'The gradient has infinities or NaN but says that it is finite.' };
  }
  return { type: 'stored', tensor };
}
