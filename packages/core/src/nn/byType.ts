/**
 * Tables with one entry for each type of layer. What has to be known of every layer stands in such a table and not in a
 * switch with a default, so that a new layer does not compile until each of them knows it.
 */
import type { LayerType } from './layers.ts';
import type { Layer } from './model.ts';

/** What `Result` is for each type of layer; `Context` is whatever else it depends on. */
export type LayerTable<Result, Context extends readonly unknown[] = []> = {
  readonly [T in LayerType]: (layer: Extract<Layer, { type: T }>, ...context: Context) => Result;
};

/** Looks the layer's type up and calls its entry. */
export function byType<Result, Context extends readonly unknown[]>(
  table: LayerTable<Result, Context>,
  layer: Layer,
  ...context: Context
): Result {
  // The entry found under a layer's own type takes that layer; the compiler cannot follow this through the union.
  const entry = table[layer.type] as (layer: Layer, ...context: Context) => Result;
  return entry(layer, ...context);
}
