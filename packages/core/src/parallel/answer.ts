/**
 * What computing some leaves gives, and how two of these become one: the only place where sums over samples are added.
 * Everything that adds (a slot, a worker with several slots, the coordinator, a run in one process) does it here, so that
 * a step has the same bits wherever its parts were added.
 */
import type { TreeNode } from './tree.ts';

/** Sums over the samples of some leaves. `V` is what stands for a vector: a handle in an arena, or an array. */
export type Sums<V> = {
  /** False when any sample's loss or any element of the vector is infinite or NaN. */
  readonly finite: boolean;
  /** In float64. */
  readonly loss: number;
  readonly correct: number;
  /** Samples. Each has the weight 1, so that this is also what means over them are divided by. */
  readonly count: number;
  /** [vectorLength] float32; null for an evaluation and when not finite. */
  readonly vector: V | null;
};

/** The sums of one node of the reduction tree. */
export type Answer<V> = Sums<V> & { readonly node: TreeNode };

/** Where vectors are added: an arena, arrays of their own, or a list of effects that somebody else carries out. */
export interface VectorStore<V> {
  /** into += from, element by element in float32; `from` is free then. */
  merge(into: V, from: V): void;
  free(vector: V): void;
}

/** The sums over both; their vectors are given up for the one that comes back. */
export function addSums<V>(left: Sums<V>, right: Sums<V>, vectors: VectorStore<V>): Sums<V> {
  const finite = left.finite && right.finite;
  return {
    finite,
    loss: left.loss + right.loss,
    correct: left.correct + right.correct,
    count: left.count + right.count,
    vector: finite ? added(left.vector, right.vector, vectors) : dropped(left.vector, right.vector, vectors),
  };
}

/** What sums over samples mean for one of them. */
export function meansOf({ loss, correct, count }: Pick<Sums<unknown>, 'loss' | 'correct' | 'count'>): {
  readonly loss: number;
  readonly accuracy: number;
} {
  return { loss: loss / count, accuracy: correct / count };
}

function added<V>(left: V | null, right: V | null, vectors: VectorStore<V>): V | null {
  if (left !== null && right !== null) vectors.merge(left, right);
  return left ?? right;
}

function dropped<V>(left: V | null, right: V | null, vectors: VectorStore<V>): null {
  for (const vector of [left, right]) if (vector !== null) vectors.free(vector);
  return null;
}

/**
 * The answer as it leaves: sums of finite numbers may have overflowed, and whatever is not finite is one and the same
 * answer, with a loss of 0 and no vector.
 */
export function judged<V>(
  answer: Answer<V>,
  vectors: VectorStore<V>,
  allFinite: (vector: V) => boolean,
): Answer<V> {
  const { node, count, vector } = answer;
  if (answer.finite && Number.isFinite(answer.loss) && (vector === null || allFinite(vector))) return answer;
  if (vector !== null) vectors.free(vector);
  return { node, finite: false, loss: 0, correct: 0, count, vector: null };
}
