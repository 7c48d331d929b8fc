/**
 * The layers of a model as they are written, field by field: one entry for each type, from which the checks of a run
 * spec and the fields of a form follow (`forms.ts`). That layers fit together is `nn/compile.ts`'s to check.
 */
import * as v from 'valibot';
import { type LayerSpec, type LayerType, LOSS_NAMES, type ModelSpec } from '../nn/layers.ts';
import { ELEMENTS_MAX } from '../nn/shapes.ts';
import {
  anyNumber,
  beginningWith,
  fields,
  flag,
  fraction,
  list,
  listUpTo,
  notNegative,
  oneOf,
  pair,
  positive,
  rate,
  whole,
} from './fields.ts';

const initializer = v.variant('type', [
  fields({ type: oneOf(['zeros', 'glorot', 'he']) }),
  fields({ type: v.literal('uniform'), limit: notNegative }),
]);

const extent = whole(1, ELEMENTS_MAX);

const WINDOW_MAX = 65_536;
export const LAYERS_MAX = 1000;

const layer: v.GenericSchema<unknown, LayerSpec> = v.lazy(() => layerSchema);
const layers = listUpTo(LAYERS_MAX, layer, 'layers');

const pool = { size: beginningWith(2, pair(1, WINDOW_MAX)), stride: v.exactOptional(pair(1, WINDOW_MAX)) };
const slope = v.exactOptional(anyNumber);

export const LAYER_SCHEMAS = {
  dense: fields({
    type: v.literal('dense'),
    units: beginningWith(10, extent),
    bias: v.exactOptional(flag),
    initializer: v.exactOptional(initializer),
    weights: v.exactOptional(list(list(anyNumber, 'numbers'), 'rows')),
    biases: v.exactOptional(list(anyNumber, 'unitNumbers')),
  }),
  conv2d: fields({
    type: v.literal('conv2d'),
    filters: beginningWith(16, extent),
    kernel: beginningWith(3, pair(1, WINDOW_MAX)),
    stride: v.exactOptional(pair(1, WINDOW_MAX)),
    padding: v.exactOptional(pair(0, WINDOW_MAX)),
    bias: v.exactOptional(flag),
    initializer: v.exactOptional(initializer),
  }),
  max_pool2d: fields({ type: v.literal('max_pool2d'), ...pool }),
  avg_pool2d: fields({ type: v.literal('avg_pool2d'), ...pool }),
  global_avg_pool2d: fields({ type: v.literal('global_avg_pool2d') }),
  flatten: fields({ type: v.literal('flatten') }),
  dropout: fields({ type: v.literal('dropout'), rate: beginningWith(0.5, rate) }),
  batch_norm: fields({
    type: v.literal('batch_norm'),
    momentum: v.exactOptional(fraction),
    epsilon: v.exactOptional(positive),
  }),
  layer_norm: fields({ type: v.literal('layer_norm'), epsilon: v.exactOptional(positive) }),
  residual: fields({
    type: v.literal('residual'),
    layers: beginningWith([{ type: 'relu' }], layers),
    shortcut: v.exactOptional(layers),
  }),
  relu: fields({ type: v.literal('relu') }),
  leaky_relu: fields({ type: v.literal('leaky_relu'), slope }),
  prelu: fields({ type: v.literal('prelu'), slope }),
  gelu: fields({ type: v.literal('gelu') }),
  sigmoid: fields({ type: v.literal('sigmoid') }),
  tanh: fields({ type: v.literal('tanh') }),
  softmax: fields({ type: v.literal('softmax') }),
  step: fields({ type: v.literal('step') }),
} as const satisfies { readonly [T in LayerType]: v.GenericSchema<unknown, Extract<LayerSpec, { type: T }>> };

const layerSchema: v.GenericSchema<unknown, LayerSpec> = v.variant('type', [
  LAYER_SCHEMAS.dense,
  ...Object.values(LAYER_SCHEMAS).slice(1),
]);

export const modelSchema: v.GenericSchema<unknown, ModelSpec> = fields({
  input: list(extent, 'extents'),
  layers,
  loss: v.optional(oneOf(LOSS_NAMES), 'cross_entropy'),
});
