/** How a flat vector is divided for codings: each trainable tensor has a scale; what lies behind them is never rounded. */
import type { Model } from '../nn/model.ts';

export type CodedTensor = { readonly name: string; readonly offset: number; readonly length: number };

export type CodedLayout = {
  readonly vectorLength: number;
  /** The tensors that are rounded, in the order of the vector, without gaps from 0 to `roundedLength`. */
  readonly tensors: readonly CodedTensor[];
  readonly roundedLength: number;
};

/** Running values of batch norms keep their bits: they are few, and a variance must not become negative. */
export function codedLayout(model: Pick<Model, 'tensors' | 'trainableLength' | 'vectorLength'>): CodedLayout {
  const { vectorLength, trainableLength } = model;
  const tensors = model.tensors
    .filter(({ offset }) => offset < trainableLength)
    .map(({ name, offset, length }) => ({ name, offset, length }))
    .sort((a, b) => a.offset - b.offset);
  return { vectorLength, tensors, roundedLength: trainableLength };
}
