/** Evaluates a whole split in microbatches: sums along the reduction tree, as a cluster's leases do. */
import type { Samples } from '../data/dataSet.ts';
import type { SampleWriter } from '../data/fill.ts';
import type { Executor } from '../engine/engine.ts';
import { TreeMerger } from '../parallel/tree.ts';
import { leafCount, leafRange } from './position.ts';

/** Sums over samples; `loss` in float64. */
export type SampleSums = { readonly loss: number; readonly correct: number; readonly count: number };

/** Means over a split. */
export type Evaluation = { readonly loss: number; readonly accuracy: number; readonly samples: number };

export function addSampleSums(left: SampleSums, right: SampleSums): SampleSums {
  return {
    loss: left.loss + right.loss,
    correct: left.correct + right.correct,
    count: left.count + right.count,
  };
}

/** Means over all samples with the executor's parameters (written by the caller); null for an empty split. */
export function evaluateSplit(executor: Executor, writer: SampleWriter, samples: Samples): Evaluation | null {
  const leaves = leafCount(samples.count, executor.microbatch);
  const tree = new TreeMerger<SampleSums>({ leaves, merge: addSampleSums });
  for (let leaf = 0; leaf < leaves; leaf += 1) {
    const [from, to] = leafRange(samples.count, executor.microbatch, leaf);
    const numbers = Uint32Array.from({ length: to - from }, (_, i) => from + i);
    writer.write(executor, samples, numbers, numbers, null);
    const { loss, correct } = executor.evaluate(numbers.length);
    tree.add({ level: 0, index: leaf }, { loss, correct, count: numbers.length });
  }
  const sums = tree.root;
  if (sums === null) return null;
  return { loss: sums.loss / sums.count, accuracy: sums.correct / sums.count, samples: sums.count };
}
