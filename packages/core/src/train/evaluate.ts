/** Evaluates a whole split in microbatches: sums along the reduction tree, as a cluster's leases do. */
import type { Samples } from '../data/dataSet.ts';
import type { SampleWriter } from '../data/fill.ts';
import type { Executor } from '../engine/engine.ts';
import { meansOf, type Sums, type VectorStore } from '../parallel/answer.ts';
import { newReduction, reduce, rootOf } from '../parallel/reduction.ts';
import { leafCount, leafRange } from './position.ts';

/** Means over a split. */
export type Evaluation = { readonly loss: number; readonly accuracy: number; readonly samples: number };

/** Sums over a microbatch, which lies at `rows` of `samples`. */
export function evaluateLeaf(
  executor: Executor,
  writer: SampleWriter,
  samples: Samples,
  rows: Uint32Array,
  numbers: Uint32Array,
): Sums<never> {
  writer.write(executor, samples, rows, numbers, null);
  return { ...executor.evaluate(numbers.length), count: numbers.length, vector: null };
}

/** An evaluation has sums and no vectors. */
const NO_VECTORS: VectorStore<never> = { merge: () => {}, free: () => {} };

/**
 * Means over all samples with the executor's parameters (written by the caller); null for an empty split. `onOutputs` is
 * called for each microbatch: `outputs`, [count × outputs], are those of `count` samples from number `from` on, until it
 * returns.
 */
export function evaluateSplit(
  executor: Executor,
  writer: SampleWriter,
  samples: Samples,
  onOutputs: (from: number, count: number, outputs: Float32Array) => void = () => {},
): Evaluation | null {
  const leaves = leafCount(samples.count, executor.microbatch);
  const reduction = newReduction<never>(leaves);
  for (let index = 0; index < leaves; index += 1) {
    const [from, to] = leafRange(samples.count, executor.microbatch, index);
    const numbers = Uint32Array.from({ length: to - from }, (_, i) => from + i);
    const sums = evaluateLeaf(executor, writer, samples, numbers, numbers);
    onOutputs(from, numbers.length, executor.outputs);
    reduce(reduction, { node: { level: 0, index }, ...sums }, NO_VECTORS);
  }
  const sums = rootOf(reduction);
  if (sums === null) return null;
  return { ...meansOf(sums), samples: sums.count };
}
