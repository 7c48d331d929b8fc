/** Sums the partials of one lease that several slots have computed, along the reduction tree. */
import { bytesOf, type Partial, TreeMerger, xxh32 } from '@shoal/core';
import type { NodeSums } from '../slot/slotMessages.ts';

/** Above this a sum in float64 is no finite float32. */
const FLOAT32_MAX = 3.4028234663852886e38;

type Merged = NodeSums & {
  /** A sum of finite gradients may have overflowed. */
  readonly summed: boolean;
};

/**
 * One entry for each maximal complete node, left to right. Gradients are summed in float32 and in place: a left
 * sibling's becomes their parent's.
 */
export function combineSums(parts: readonly NodeSums[], leaves: number): NodeSums[] {
  const tree = new TreeMerger<Merged>({ leaves, merge });
  for (const part of parts) tree.add(part.node, { ...part, summed: false });
  return tree.entries().map(({ node, value }) => judged({ ...value, node }));
}

function merge(left: Merged, right: Merged): Merged {
  const finite = left.finite && right.finite;
  if (finite && left.gradient !== null && right.gradient !== null) addTo(left.gradient, right.gradient);
  return {
    node: left.node,
    finite,
    loss: left.loss + right.loss,
    correct: left.correct + right.correct,
    count: left.count + right.count,
    gradient: finite ? left.gradient : null,
    summed: true,
  };
}

/** One rounding to float32 of an exact-enough float64 sum has the same bits as a float32 addition. */
function addTo(into: Float32Array, from: Float32Array): void {
  for (let i = 0; i < into.length; i += 1) into[i] = (into[i] as number) + (from[i] as number);
}

function judged({ summed, ...sums }: Merged): NodeSums {
  const overflowed =
    summed && (!Number.isFinite(sums.loss) || (sums.gradient !== null && !allFinite(sums.gradient)));
  return sums.finite && !overflowed
    ? sums
    : { node: sums.node, finite: false, loss: 0, correct: 0, count: sums.count, gradient: null };
}

function allFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i += 1) {
    if (!(Math.abs(values[i] as number) <= FLOAT32_MAX)) return false;
  }
  return true;
}

/** The message that answers one node of a lease. */
export function partialMessage(lease: number, sums: NodeSums, computeMs: number): Partial {
  const gradient = sums.gradient === null ? null : bytesOf(sums.gradient);
  return {
    type: 'partial',
    lease,
    level: sums.node.level,
    index: sums.node.index,
    finite: sums.finite,
    loss: sums.loss,
    correct: sums.correct,
    count: sums.count,
    gradient,
    checksum: gradient === null ? 0 : xxh32(gradient),
    computeMs,
  };
}
