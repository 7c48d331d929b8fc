/** What can be written of each kind of layer in the list; what is rarer (given weights, limits) is written as JSON. */
import type { LayerSpec } from '@shoal/core';

export type LayerType = LayerSpec['type'];

export type LayerField = {
  readonly name: string;
  /** `pair` is one number for both ways or `height, width`. */
  readonly kind: 'number' | 'pair' | 'flag' | 'initializer';
  /** Left out where it is empty; the run spec has a usual value. */
  readonly optional: boolean;
};

const needed = (name: string, kind: LayerField['kind'] = 'number'): LayerField => ({
  name,
  kind,
  optional: false,
});
const free = (name: string, kind: LayerField['kind'] = 'number'): LayerField => ({
  name,
  kind,
  optional: true,
});

const pool = [needed('size', 'pair'), free('stride', 'pair')];

/** Null for a layer of layers: it is written as JSON. */
export const LAYER_FIELDS: Readonly<Record<LayerType, readonly LayerField[] | null>> = {
  dense: [needed('units'), free('bias', 'flag'), free('initializer', 'initializer')],
  conv2d: [
    needed('filters'),
    needed('kernel', 'pair'),
    free('stride', 'pair'),
    free('padding', 'pair'),
    free('bias', 'flag'),
    free('initializer', 'initializer'),
  ],
  max_pool2d: pool,
  avg_pool2d: pool,
  global_avg_pool2d: [],
  flatten: [],
  dropout: [needed('rate')],
  batch_norm: [free('momentum'), free('epsilon')],
  layer_norm: [free('epsilon')],
  residual: null,
  relu: [],
  leaky_relu: [free('slope')],
  prelu: [free('slope')],
  gelu: [],
  sigmoid: [],
  tanh: [],
  softmax: [],
  step: [],
};

export const LAYER_TYPES = Object.keys(LAYER_FIELDS) as readonly LayerType[];

export const INITIALIZERS = ['zeros', 'glorot', 'he'] as const;

/** A layer of this kind as one would begin with it. */
export function newLayer(type: LayerType): LayerSpec {
  switch (type) {
    case 'dense':
      return { type, units: 10 };
    case 'conv2d':
      return { type, filters: 16, kernel: 3 };
    case 'max_pool2d':
    case 'avg_pool2d':
      return { type, size: 2 };
    case 'dropout':
      return { type, rate: 0.5 };
    case 'residual':
      return { type, layers: [{ type: 'relu' }] };
    default:
      return { type };
  }
}

/** `3` or `3, 5`; what is neither stays text, so that the check can say so. */
export function typedPair(text: string): unknown {
  const parts = text.split(/[,×x\s]+/).filter((part) => part !== '');
  if (parts.length === 0) return undefined;
  const numbers = parts.map(Number);
  if (!numbers.every(Number.isFinite)) return text;
  return numbers.length === 1 ? numbers[0] : numbers;
}
