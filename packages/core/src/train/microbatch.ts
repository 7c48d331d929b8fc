/** The gradient of a microbatch, as sums that go into a reduction whose vectors are the executor's. */
import type { Samples } from '../data/dataSet.ts';
import type { SampleWriter } from '../data/fill.ts';
import type { Executor, Vectors } from '../engine/engine.ts';
import type { Sums, VectorStore } from '../parallel/answer.ts';
import type { Reduction } from '../parallel/reduction.ts';
import { nodeKey } from '../parallel/tree.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import type { VectorId } from '../vectors/arena.ts';

export type MicrobatchTools = {
  readonly spec: RunSpec;
  readonly executor: Executor;
  readonly writer: SampleWriter;
};

export type Microbatch = {
  readonly samples: Samples;
  readonly rows: Uint32Array;
  readonly numbers: Uint32Array;
  readonly epoch: number;
  /**
   * The vector of its left sibling, which its own is added to as it is computed: that spares a pass over both. Null where it
   * gets one of its own.
   */
  readonly onto: VectorId | null;
};

/** What is not finite shows in the sum of the vectors at the latest. The vector is `onto` or belongs to the caller. */
export function microbatchSums(tools: MicrobatchTools, microbatch: Microbatch): Sums<VectorId> {
  const { spec, executor, writer } = tools;
  const { samples, rows, numbers, epoch, onto } = microbatch;
  const { vectors } = executor;
  const count = numbers.length;
  writer.write(executor, samples, rows, numbers, epoch);
  const vector = onto ?? vectors.allocate();
  const place = { vector, adds: onto !== null };
  const { finite, loss, correct } = executor.computeGradientInto(place, count, { seed: spec.seed, epoch });
  if (!finite && onto === null) vectors.free(vector);
  return { finite, loss, correct, count, vector: finite ? vector : null };
}

/** The vector that leaf `index` is to be added to. */
export function siblingsVector({ held }: Reduction<VectorId>, index: number): VectorId | null {
  if (index % 2 === 0) return null;
  return held.get(nodeKey({ level: 0, index: index - 1 }))?.vector ?? null;
}

/** Where a vector has been added to its sibling's already, the two are one. */
export const addedVectors = (vectors: Vectors): VectorStore<VectorId> => ({
  merge: (into, from) => {
    if (into !== from) vectors.merge(into, from);
  },
  free: (vector) => vectors.free(vector),
});
