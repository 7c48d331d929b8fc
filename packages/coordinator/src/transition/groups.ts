/**
 * Keeping a step's gradient in parts where a trimmed mean is to be taken: the tree is summed up to nodes of a fixed
 * size, and these stay apart. They are what a strange answer may spoil, so a lease is never larger than one.
 */
import type { Effect } from './effects.ts';
import type { TensorId } from './events.ts';
import type { Sums } from './state.ts';

/** Parts of a step at most: so many gradients are held at its end, whatever its size. */
export const GROUPS_MAX = 16;

/** One part: the sum over so many samples. */
export type Group = { readonly tensor: TensorId; readonly count: number };

/** Leaves of one part: the smallest power of two that makes no more than GROUPS_MAX of them. */
export function leavesOfGroup(leaves: number): number {
  let size = 1;
  while (Math.ceil(leaves / size) > GROUPS_MAX) size *= 2;
  return size;
}

/** How many of `groups` may be dropped at each end so that some remain. */
export function dropped(trim: number, groups: number): number {
  return Math.max(0, Math.min(trim, Math.floor((groups - 1) / 2)));
}

export class GradientGroups {
  /** Largest lease, in leaves. */
  readonly leavesMax: number;
  readonly #samplesMax: number;
  /** Parts under one node, by the tensor that stands for it; a node of one part is not in it. */
  readonly #parts = new Map<TensorId, readonly Group[]>();

  constructor(leaves: number, microbatch: number) {
    this.leavesMax = leavesOfGroup(leaves);
    this.#samplesMax = this.leavesMax * microbatch;
  }

  /** Joins two nodes. @returns the tensor that stands for both */
  join(left: Sums, right: Sums, emit: (effect: Effect) => void): TensorId | null {
    if (left.tensor === null || right.tensor === null) return left.tensor ?? right.tensor;
    if (left.count + right.count <= this.#samplesMax) {
      emit({ type: 'merge', into: left.tensor, from: right.tensor });
    } else {
      const parts = [...this.#partsOf(left), ...this.#partsOf(right)];
      this.#parts.delete(right.tensor);
      this.#parts.set(left.tensor, parts);
    }
    return left.tensor;
  }

  #partsOf({ tensor, count }: Sums): readonly Group[] {
    return tensor === null ? [] : this.partsOf(tensor, count);
  }

  /** What the tensor stands for: itself, or several. */
  partsOf(tensor: TensorId, count: number): readonly Group[] {
    return this.#parts.get(tensor) ?? [{ tensor, count }];
  }
}
