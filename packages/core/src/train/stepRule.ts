/**
 * The step rule of a run: what a leaf of a step is (here), and what becomes of the root of its tree (`updater.ts`, which
 * whoever computes leaves does without). Everything between the two (leases, answers, sums along the tree, checks, going
 * back) knows leaves and nodes and never asks what they are.
 */
import type { Samples } from '../data/dataSet.ts';
import type { SampleWriter } from '../data/fill.ts';
import type { Executor } from '../engine/engine.ts';
import type { Sums } from '../parallel/answer.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import type { VectorArena, VectorId } from '../vectors/arena.ts';
import type { RunShape } from './position.ts';

/** A leaf to compute: its samples, and what it is computed with. */
export type LeafWork = {
  /** Holds the parameters of the request, and holds them again when the leaf is done. */
  readonly executor: Executor;
  readonly writer: SampleWriter;
  /** Where the leaf's vector goes. */
  readonly arena: VectorArena;
  readonly seed: number;
  readonly epoch: number;
  readonly samples: Samples;
  /** Where in `samples` they lie. */
  readonly rows: Uint32Array;
  /** Their numbers in the set, which address their randomness. */
  readonly numbers: Uint32Array;
};

export interface StepRule {
  /** Samples of the epoch's order that a step takes; the last of an epoch may take fewer. */
  readonly stepSamples: number;
  /** Samples of a leaf; the last of a step may have fewer. */
  readonly leafSamples: number;
  /** A pure function of the parameters and the leaf's address. The vector belongs to the caller. */
  computeLeaf(work: LeafWork): Sums<VectorId>;
}

/** A leaf is a microbatch, its vector the sum of its gradients. */
const synchronous = (spec: RunSpec): StepRule => ({
  stepSamples: spec.batch,
  leafSamples: spec.microbatch,
  computeLeaf: ({ executor, writer, arena, seed, epoch, samples, rows, numbers }) => {
    const count = numbers.length;
    writer.write(executor, samples, rows, numbers, epoch);
    const { loss, correct, finite } = executor.computeGradient(count, { seed, epoch });
    return { finite, loss, correct, count, vector: finite ? arena.allocateFrom(executor.gradient) : null };
  },
});

export const stepRuleOf = (spec: RunSpec): StepRule => synchronous(spec);

/** How a run on so many training samples is cut into steps and leaves. */
export function shapeOfRun(spec: RunSpec, trainCount: number): RunShape {
  const { stepSamples, leafSamples } = stepRuleOf(spec);
  return { trainCount, stepSamples, leafSamples, epochs: spec.epochs };
}

/** Samples of a leaf: the step rule's in training, a microbatch in an evaluation. */
export function leafSamplesOf(spec: RunSpec, isEvaluation: boolean): number {
  return isEvaluation ? spec.microbatch : stepRuleOf(spec).leafSamples;
}
