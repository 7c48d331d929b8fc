/** The gradient of one step, microbatch after microbatch along the reduction tree. */
import type { Samples } from '../data/dataSet.ts';
import type { SampleWriter } from '../data/fill.ts';
import type { Executor } from '../engine/engine.ts';
import type { VectorArena, VectorId } from '../optim/arena.ts';
import { TreeMerger } from '../parallel/tree.ts';
import { addSampleSums, type SampleSums } from './evaluate.ts';
import { leavesOfStep, type RunShape, samplesOfLeaf } from './position.ts';

/** Sums over a step's samples; `gradient` belongs to the caller, who frees it. */
export type StepSums = SampleSums & { readonly gradient: VectorId };

export type StepContext = {
  readonly executor: Executor;
  readonly writer: SampleWriter;
  readonly arena: VectorArena;
  readonly train: Samples;
  readonly shape: RunShape;
  readonly seed: number;
};

/**
 * Sums of step `stepInEpoch` of epoch `epoch` (both from 0) with the executor's parameters; null as soon as one
 * microbatch is not finite. `order` is the epoch's order of the training samples.
 */
export function computeStep(
  context: StepContext,
  order: Uint32Array,
  epoch: number,
  stepInEpoch: number,
): StepSums | null {
  const { executor, writer, arena, train, shape, seed } = context;
  const merge = (left: StepSums, right: StepSums): StepSums => {
    arena.add(left.gradient, right.gradient);
    arena.free(right.gradient);
    return { ...addSampleSums(left, right), gradient: left.gradient };
  };
  const leaves = leavesOfStep(shape, stepInEpoch);
  const tree = new TreeMerger<StepSums>({ leaves, merge });
  for (let leaf = 0; leaf < leaves; leaf += 1) {
    const samples = order.subarray(...samplesOfLeaf(shape, stepInEpoch, leaf));
    writer.write(executor, train, samples, samples, epoch);
    const { loss, correct, finite } = executor.computeGradient(samples.length, { seed, epoch });
    if (!finite) return null;
    const gradient = arena.allocateFrom(executor.gradient);
    tree.add({ level: 0, index: leaf }, { loss, correct, count: samples.length, gradient });
  }
  return tree.root;
}
