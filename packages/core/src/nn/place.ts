/** Where a layer stands in a model that is being compiled. */
import type { LayerSpec, Shape } from './layers.ts';

/** What stands before a layer: its name, or `input` for the model's input, and the shape that it gives. */
export type Source = { readonly name: string; readonly shape: Shape };

/** What a layer is compiled from, beside its own spec. */
export type Place = {
  readonly id: number;
  readonly name: string;
  readonly source: Source;
  /** The layers after this one, those after an enclosing residual block included. */
  readonly following: readonly LayerSpec[];
};

/** What every compiled layer says of itself. */
export function base(place: Place, outputShape: Shape) {
  return { id: place.id, name: place.name, inputShape: place.source.shape, outputShape };
}

/** `base` of a layer that keeps the shape. */
export function same(place: Place) {
  return base(place, place.source.shape);
}
