/** Rounds a flat vector where it lies: what a coding then says of it in bytes loses nothing. */
import type { VectorArena, VectorId } from '../vectors/arena.ts';
import type { CodedLayout } from './layout.ts';
import { scaleFor } from './scale.ts';

/** What addresses the random numbers beside the tensor and the element. */
export type RoundingAddress = {
  readonly seed: number;
  /** `Purpose.up` or `Purpose.down`. */
  readonly purpose: number;
  /** Counted over the whole run. */
  readonly step: number;
  /** 0 where there are no leaves. */
  readonly leaf: number;
};

/**
 * Rounds every tensor to whole multiples, of at most ±bound, of its scale: the given one, or the one that has its largest
 * value at ±bound. What lies behind the tensors keeps its bits.
 * @param scales one for each tensor; null for the vector's own
 * @returns false when an element is infinite or NaN, and the vector is of no use then
 */
export function roundVector(
  { kernels, ...places }: { readonly kernels: VectorArena['kernels']; readonly address: number },
  { tensors }: CodedLayout,
  bound: number,
  scales: ArrayLike<number> | null,
  { seed, purpose, step, leaf }: RoundingAddress,
): boolean {
  for (const [tensor, { offset, length }] of tensors.entries()) {
    const address = places.address + offset * 4;
    const largest = kernels.largest(address, length);
    if (!Number.isFinite(largest)) return false;
    const scale = scales === null ? scaleFor(largest, bound) : (scales[tensor] as number);
    if (scale === 0) kernels.fill(address, length, 0);
    else kernels.round(address, length, scale, bound, seed, purpose, tensor, step, leaf);
  }
  return true;
}

/** The place of a vector, for the kernels. */
export const placeOf = (arena: Pick<VectorArena, 'kernels' | 'address'>, id: VectorId) => ({
  kernels: arena.kernels,
  address: arena.address(id),
});
