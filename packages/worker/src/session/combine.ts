/** Sums the answers of one lease that several slots have computed, along the reduction tree. */
import {
  bytesOf,
  type Coding,
  heldAnswers,
  judged,
  newReduction,
  reduce,
  treeHeight,
  type UnsealedPartial,
  type VectorStore,
} from '@shoal/core';
import type { ArrayAnswer } from '../slot/slotMessages.ts';

/** Above this a sum in float64 is no finite float32. */
const FLOAT32_MAX = 3.4028234663852886e38;

type Vector = Float32Array<ArrayBuffer>;

/** Arrays are added in place: a left sibling's becomes their parent's. */
const ARRAYS: VectorStore<Vector> = {
  // One rounding to float32 of an exact-enough float64 sum has the same bits as a float32 addition.
  merge: (into, from) => {
    for (let i = 0; i < into.length; i += 1) into[i] = (into[i] as number) + (from[i] as number);
  },
  free: () => {},
};

/** One entry for each maximal complete node of at most a level, left to right. */
export function combine(
  parts: readonly ArrayAnswer[],
  leaves: number,
  level = treeHeight(leaves),
): ArrayAnswer[] {
  const reduction = newReduction<Vector>(leaves, level);
  for (const part of parts) reduce(reduction, part, ARRAYS);
  const answers = heldAnswers(reduction);
  // Slots judge what they hand over, so that only a sum of several is looked at again.
  return answers.length === parts.length
    ? answers
    : answers.map((answer) => judged(answer, ARRAYS, allFinite));
}

function allFinite(values: Vector): boolean {
  for (let i = 0; i < values.length; i += 1) {
    if (!(Math.abs(values[i] as number) <= FLOAT32_MAX)) return false;
  }
  return true;
}

/** The message that answers one node of a lease. */
export function partialMessage(
  lease: number,
  answer: ArrayAnswer,
  coding: Coding,
  computeMs: number,
): UnsealedPartial {
  const { node, finite, loss, correct, count, vector } = answer;
  return {
    type: 'partial',
    lease,
    level: node.level,
    index: node.index,
    finite,
    loss,
    correct,
    count,
    vector: vector === null ? null : coding.encode(bytesOf(vector)),
    checksum: null,
    computeMs,
  };
}
