/** The layers of a model as they are written, field by field. That they fit together is `nn/compile.ts`'s to check. */
import * as v from 'valibot';
import type { LayerSpec, ModelSpec } from '../nn/layers.ts';
import { ELEMENTS_MAX } from '../nn/shapes.ts';
import {
  anyNumber,
  fields,
  flag,
  fraction,
  list,
  notNegative,
  oneOf,
  positive,
  rate,
  whole,
} from './fields.ts';

const initializer = v.variant('type', [
  fields({ type: oneOf(['zeros', 'glorot', 'he']) }),
  fields({ type: v.literal('uniform'), limit: notNegative }),
]);

const extent = whole(1, ELEMENTS_MAX);

/** One number for both ways, or [height, width]. */
const pair = (least: number) => {
  const holds = (value: unknown): boolean =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= 65_536;
  return v.custom<number | readonly [number, number]>(
    (value) => holds(value) || (Array.isArray(value) && value.length === 2 && value.every(holds)),
    `a whole number from ${least} to 65536, or two of them as [height, width]`,
  );
};

const layer: v.GenericSchema<unknown, LayerSpec> = v.lazy(() => layerSchema) as v.GenericSchema<
  unknown,
  LayerSpec
>;
const layers = v.pipe(list(layer, 'layers'), v.maxLength(1000, 'a list of at most 1000 layers'));

export const layerSchema = v.variant('type', [
  fields({
    type: v.literal('dense'),
    units: extent,
    bias: v.optional(flag),
    initializer: v.optional(initializer),
    weights: v.optional(list(list(anyNumber, 'numbers'), 'rows, one for each unit')),
    biases: v.optional(list(anyNumber, 'numbers, one for each unit')),
  }),
  fields({
    type: v.literal('conv2d'),
    filters: extent,
    kernel: pair(1),
    stride: v.optional(pair(1)),
    padding: v.optional(pair(0)),
    bias: v.optional(flag),
    initializer: v.optional(initializer),
  }),
  fields({ type: oneOf(['max_pool2d', 'avg_pool2d']), size: pair(1), stride: v.optional(pair(1)) }),
  fields({
    type: oneOf(['global_avg_pool2d', 'flatten', 'step', 'sigmoid', 'tanh', 'relu', 'gelu', 'softmax']),
  }),
  fields({ type: v.literal('dropout'), rate }),
  fields({ type: v.literal('batch_norm'), momentum: v.optional(fraction), epsilon: v.optional(positive) }),
  fields({ type: v.literal('layer_norm'), epsilon: v.optional(positive) }),
  fields({ type: v.literal('residual'), layers, shortcut: v.optional(layers) }),
  fields({ type: oneOf(['leaky_relu', 'prelu']), slope: v.optional(anyNumber) }),
]);

export const modelSchema = fields({
  input: list(extent, 'extents: [features], or [channels, height, width]'),
  layers,
  loss: v.optional(oneOf(['cross_entropy', 'mse', 'perceptron']), 'cross_entropy'),
}) as unknown as v.GenericSchema<unknown, ModelSpec>;
