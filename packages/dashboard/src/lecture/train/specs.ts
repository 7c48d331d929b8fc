/** The runs of the lecture that read digits: the built-in ones, which every page draws for itself. */
import { type LayerSpec, type ModelSpec, type RunSpec, resolveRunSpec } from '@shoal/core';

export const VALIDATION = 1000;

export const stack = (units: readonly number[], activation: LayerSpec): ModelSpec => ({
  input: [1, 28, 28],
  layers: [
    { type: 'flatten' },
    ...units.flatMap((width): LayerSpec[] => [{ type: 'dense', units: width }, activation]),
    { type: 'dense', units: 10 },
  ],
  loss: 'cross_entropy',
});

type Fields = {
  readonly name: string;
  readonly limit: number;
  readonly model: ModelSpec;
  readonly optimizer: { readonly type: string; readonly lr: number; readonly momentum?: number };
  readonly epochs: number;
  readonly batch?: number;
  readonly regularization?: { readonly l2: number };
  readonly earlyStopping?: { readonly metric: string; readonly patience: number };
};

/** @returns what the coordinator would be asked to train as well */
export function digitsSpec({ limit, batch = 50, ...fields }: Fields): RunSpec {
  return resolveRunSpec({
    data: { source: 'digits', limit, validation: VALIDATION },
    batch,
    microbatch: batch / 2,
    ...fields,
  });
}

/** The network that reads digits in several scenes. */
export const READER = digitsSpec({
  name: 'lecture-digits',
  limit: 6000,
  model: stack([32], { type: 'relu' }),
  optimizer: { type: 'adam', lr: 0.003 },
  epochs: 8,
});
