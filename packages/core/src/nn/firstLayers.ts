/** The first entries of a model's list of layers, and what of the flat vector is theirs. */
import type { Model, TensorInfo } from './model.ts';
import { membersOf, tensorsOf } from './walk.ts';

export type PartOfLayers = {
  /** Those of each entry, members of residual blocks included, in the order of the layers. */
  readonly entries: readonly (readonly TensorInfo[])[];
  /** All of them. */
  readonly tensors: readonly TensorInfo[];
  /** Elements that are trained: these begin the flat vector. */
  readonly trainableLength: number;
};

/** @param count entries of `model.layers`, from the first on */
export function partOfFirst(model: Model, count: number): PartOfLayers {
  const entries = model.layers
    .slice(0, count)
    .map((entry) => [entry, ...membersOf(entry)].flatMap((layer) => tensorsOf(layer)));
  const tensors = entries.flat();
  const trained = tensors.filter(({ offset }) => offset < model.trainableLength);
  return { entries, tensors, trainableLength: trained.reduce((sum, { length }) => sum + length, 0) };
}
