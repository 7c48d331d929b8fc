/**
 * What a coordinator's word makes a worker hold, in bytes, reckoned before any of it is allocated. An estimate from the
 * sizes that are stated: it tells what is out of proportion to the machine, not what the last byte goes into.
 */
import {
  allLayers,
  answerLevel,
  type FactOf,
  type LeaseMessage,
  lengthOf,
  type Model,
  nodesOfRange,
  sampleBytes,
} from '@shoal/core';
import type { SplitManifests } from './events.ts';
import type { RunContext } from './runContext.ts';

/** Parameter vectors of a session: two versions, the first one, one that is being read from its frame, and three to code in. */
const VECTORS_OF_SESSION = 7;
/** Of each slot: parameters, gradient, weights as the kernels want them, sums along the tree, answers that leave. */
const VECTORS_OF_SLOT = 8;
/** Outputs, their gradients, and what layers keep beside them. */
const COPIES_OF_OUTPUTS = 3;
/** Samples lie in groups of so many. */
const GROUP = 8;

export function bytesOfModel(model: Model, microbatch: number, threads: number): number {
  const vector = 4 * model.vectorLength;
  const values = allLayers(model.layers).reduce(
    (sum, { outputShape }) => sum + lengthOf(outputShape),
    model.inputLength,
  );
  const samples = Math.ceil(microbatch / GROUP) * GROUP;
  const slot = VECTORS_OF_SLOT * vector + 4 * COPIES_OF_OUTPUTS * values * samples;
  return VECTORS_OF_SESSION * vector + threads * slot;
}

/** The orders of two epochs: a step reaches into no more. */
export function bytesOfOrders({ train }: SplitManifests): number {
  return 2 * 4 * train.count;
}

/** The samples as they came, as they are handed to the slots, and an answer for each node. */
export function bytesOfLease(
  { from, to, leaves, task, set }: LeaseMessage,
  samples: number,
  manifests: SplitManifests,
  { model, spec }: Pick<RunContext, 'model' | 'spec'>,
): number {
  const level = answerLevel(spec, leaves, task === 'evaluate');
  const nodes = task === 'evaluate' ? 0 : nodesOfRange(from, to, leaves, level).length;
  return 2 * samples * (sampleBytes(manifests[set]) + 4) + nodes * 4 * model.vectorLength;
}

/** Why a model is not taken; null when there is room for `bytes`. */
export function modelRefusal(
  bytes: number,
  bytesMax: number,
  threads: number,
): FactOf<'modelExceedsMemory'> | null {
  return bytes <= bytesMax ? null : { type: 'modelExceedsMemory', bytes, bytesMax, threads };
}

/** The same for a lease, beside the bytes that are held already. */
export function leaseRefusal(
  lease: number,
  bytes: number,
  held: number,
  bytesMax: number,
): FactOf<'leaseExceedsMemory'> | null {
  return held + bytes <= bytesMax ? null : { type: 'leaseExceedsMemory', lease, bytes, held, bytesMax };
}

/** Why the data set is not fetched; the worker goes on without. */
export function dataRefusal(bytes: number, room: number): FactOf<'dataExceedsMemory'> | null {
  return bytes <= room ? null : { type: 'dataExceedsMemory', bytes, room };
}
