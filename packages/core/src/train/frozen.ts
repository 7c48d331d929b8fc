/** What of the parameters stays as it is, in a run that begins with a model. Apart from it, since workers need no files. */
import { partOfFirst } from '../nn/firstLayers.ts';
import type { Model } from '../nn/model.ts';
import type { RunSpec } from '../spec/runSpec.ts';

/** The first entry of `model.layers` that is trained. */
export function trainedFrom(model: Model, { initial }: Pick<RunSpec, 'initial'>): number {
  if (initial === undefined || !initial.frozen) return 0;
  return initial.layers ?? model.layers.length;
}

/**
 * Elements at the beginning of the flat vector that no step changes: what is trained in the frozen layers. Their batch norms
 * go on measuring running values, since a training step normalises by what it measures, frozen or not, and an evaluation
 * must do the same.
 */
export function frozenLength(model: Model, spec: Pick<RunSpec, 'initial'>): number {
  return partOfFirst(model, trainedFrom(model, spec)).trainableLength;
}
