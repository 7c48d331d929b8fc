/** How the step rule of a run cuts it into steps and leaves. */

import { answerLevel } from '../coding/kind.ts';
import { createOptimizer } from '../optim/optimizer.ts';
import { treeHeight } from '../parallel/tree.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import { SpecError } from '../spec/specError.ts';
import { type EpochPiece, leafCount, piecesOf, type RunShape } from './position.ts';

/** How a run on so many training samples is cut into steps and leaves. */
export function shapeOfRun(spec: RunSpec, trainCount: number): RunShape {
  const { steps, batch, microbatch, epochs } = spec;
  if (steps.type === 'synchronous') {
    return { trainCount, stepSamples: batch, leafSamples: microbatch, epochs, acrossEpochs: false };
  }
  const leafSamples = steps.localSteps * batch;
  return { trainCount, stepSamples: steps.replicas * leafSamples, leafSamples, epochs, acrossEpochs: true };
}

/**
 * Vectors that are held at once at most while leaves are computed. A range of leaves has a complete node of each level on either
 * side, and the leaf at hand.
 */
export function vectorsOf(spec: RunSpec): number {
  const { steps, batch, microbatch, optimizer } = spec;
  const ofTree = (leaves: number): number => 2 * treeHeight(leaves) + 2;
  const leavesOf = (samples: number): number => leafCount(samples, microbatch);
  if (steps.type === 'synchronous') return ofTree(leavesOf(batch));
  // What a round begins with, its parameters and moments, its change; a batch may be cut at the end of an epoch.
  const ofRound = 3 + createOptimizer(optimizer).moments.length;
  // What is rounded by scales of its own is not added up here.
  const held = answerLevel(spec, steps.replicas, false) === 0 ? steps.replicas : ofTree(steps.replicas);
  return held + ofRound + ofTree(leavesOf(batch) + 1);
}

/** @throws SpecError when a step would take more samples than there are */
export function checkStepsFit(spec: RunSpec, trainCount: number): void {
  const { steps, batch } = spec;
  if (steps.type !== 'localSteps') return;
  const { replicas, localSteps } = steps;
  const needed = replicas * localSteps * batch;
  if (needed > trainCount) {
    throw new SpecError([
      { type: 'roundTooLarge', replicas, localSteps, batch, needed, samples: trainCount },
    ]);
  }
}

/** Microbatches of the probe where a leaf makes updates: after the second one every moment has been used. */
const PROBE_UPDATES = 2;

/**
 * The samples of the probe, as pieces of epochs' orders: a short leaf at the beginning of the run. It is computed by the
 * run's step rule, with updates of one microbatch each where a leaf makes any.
 */
export function probePieces(spec: RunSpec, trainCount: number): readonly EpochPiece[] {
  const microbatches = spec.steps.type === 'localSteps' ? PROBE_UPDATES : 1;
  return piecesOf({ trainCount }, [0, Math.min(microbatches * spec.microbatch, trainCount)]);
}
