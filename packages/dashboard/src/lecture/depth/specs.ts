/** The deep networks that these scenes train. */
import type { LayerSpec, ModelSpec } from '@shoal/core';
import { digitsSpec, stack } from '../train/specs.ts';

export const ACTIVATIONS = ['sigmoid', 'relu', 'leaky_relu', 'prelu'] as const;
export type DeepActivation = (typeof ACTIVATIONS)[number];

const WIDTH = 32;
const widths = (depth: number): number[] => Array.from({ length: depth }, () => WIDTH);

/** Eight hidden layers, all else equal. */
export const deepSpec = (type: DeepActivation) =>
  digitsSpec({
    name: `lecture-deep-${type.replace('_', '-')}`,
    limit: 2000,
    model: stack(widths(8), { type }),
    optimizer: { type: 'sgd', lr: 0.05 },
    epochs: 8,
  });

const BLOCKS = 30;
const block: readonly LayerSpec[] = [{ type: 'dense', units: WIDTH }, { type: 'tanh' }];

const deepTanh = (more: readonly LayerSpec[]): ModelSpec => ({
  input: [1, 28, 28],
  layers: [{ type: 'flatten' }, ...block, ...more, { type: 'dense', units: 10 }],
  loss: 'cross_entropy',
});

export const residualSpecs = (['plain', 'residual'] as const).map((kind) =>
  digitsSpec({
    name: `lecture-${kind}`,
    limit: 2000,
    model: deepTanh(
      Array.from({ length: BLOCKS }, (): readonly LayerSpec[] =>
        kind === 'plain' ? block : [{ type: 'residual', layers: block }],
      ).flat(),
    ),
    optimizer: { type: 'sgd', lr: 0.02 },
    epochs: 8,
  }),
);

/** Hidden layers of the net that is trained layer by layer, and epochs of each stage but the last. */
export const DEPTH = 5;
export const STAGE_EPOCHS = 3;
const LAST_EPOCHS = 8;

const sigmoids = (depth: number, epochs: number, name: string) =>
  digitsSpec({
    ...{ name, limit: 2000, model: stack(widths(depth), { type: 'sigmoid' }), epochs },
    optimizer: { type: 'momentum', lr: 0.1, momentum: 0.9 },
  });

/** Of the net with `depth` hidden layers. */
export const stageSpec = (depth: number) =>
  sigmoids(depth, depth === DEPTH ? LAST_EPOCHS : STAGE_EPOCHS, `lecture-stage-${depth}`);

/** As many epochs as all stages together. */
export const atOnceSpec = sigmoids(DEPTH, STAGE_EPOCHS * (DEPTH - 1) + LAST_EPOCHS, 'lecture-at-once');
