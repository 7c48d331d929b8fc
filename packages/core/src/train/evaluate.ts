/** Evaluates a whole split in microbatches: sums along the reduction tree, as a cluster's leases do. */
import type { Samples } from '../data/dataSet.ts';
import type { SampleWriter } from '../data/fill.ts';
import type { Executor } from '../engine/engine.ts';
import type { VectorStore } from '../parallel/answer.ts';
import { newReduction, reduce, rootOf } from '../parallel/reduction.ts';
import { leafCount, leafRange } from './position.ts';

/** Means over a split. */
export type Evaluation = { readonly loss: number; readonly accuracy: number; readonly samples: number };

/** An evaluation has sums and no vectors. */
const NO_VECTORS: VectorStore<never> = { merge: () => {}, free: () => {} };

/** Means over all samples with the executor's parameters (written by the caller); null for an empty split. */
export function evaluateSplit(executor: Executor, writer: SampleWriter, samples: Samples): Evaluation | null {
  const leaves = leafCount(samples.count, executor.microbatch);
  const reduction = newReduction<never>(leaves);
  for (let index = 0; index < leaves; index += 1) {
    const [from, to] = leafRange(samples.count, executor.microbatch, index);
    const numbers = Uint32Array.from({ length: to - from }, (_, i) => from + i);
    writer.write(executor, samples, numbers, numbers, null);
    const { loss, correct, finite } = executor.evaluate(numbers.length);
    const sums = { finite, loss, correct, count: numbers.length, vector: null };
    reduce(reduction, { node: { level: 0, index }, ...sums }, NO_VECTORS);
  }
  const sums = rootOf(reduction);
  if (sums === null) return null;
  return { loss: sums.loss / sums.count, accuracy: sums.correct / sums.count, samples: sums.count };
}
