/** Models with every layer and loss head, random parameters and inputs, and what this project's own engine answers. */
import type { DataSetInfo } from '../data/dataSet.ts';
import { wasmStrictEngine } from '../engine/wasm/wasmEngine.ts';
import { compileModel } from '../nn/compile.ts';
import { initialParameters } from '../nn/initialize.ts';
import type { LayerSpec, ModelSpec } from '../nn/layers.ts';
import type { Model } from '../nn/model.ts';
import { RandomStream } from '../random/threefry.ts';

/** How far another program's outputs may be from these. */
export const TOLERANCE = 1e-5;
export const COUNT = 3;

const vector = (...layers: LayerSpec[]): ModelSpec => ({
  input: [6],
  layers: [{ type: 'dense', units: 5 }, ...layers],
  loss: 'cross_entropy',
});
const image = (...layers: LayerSpec[]): ModelSpec => ({
  input: [2, 9, 7],
  layers: [...layers, { type: 'flatten' }, { type: 'dense', units: 4 }],
  loss: 'cross_entropy',
});

const one: LayerSpec = { type: 'dense', units: 1 };
const heads: readonly ModelSpec[] = [
  { input: [6], layers: [one], loss: 'cross_entropy' },
  { input: [6], layers: [{ type: 'dense', units: 3 }, { type: 'softmax' }], loss: 'mse' },
  { input: [6], layers: [one, { type: 'sigmoid' }], loss: 'mse' },
  { input: [6], layers: [{ type: 'dense', units: 3 }], loss: 'mse' },
  { input: [6], layers: [{ type: 'dense', units: 3 }], loss: 'perceptron' },
  { input: [6], layers: [one], loss: 'squared_error' },
];

/** By what is in them. */
export const EXPORTED: readonly (readonly [string, ModelSpec])[] = [
  ...(
    [
      { type: 'dense', units: 3, bias: false },
      { type: 'step' },
      { type: 'sigmoid' },
      { type: 'tanh' },
      { type: 'relu' },
      { type: 'leaky_relu', slope: 0.1 },
      { type: 'prelu', slope: 0.3 },
      { type: 'gelu' },
      { type: 'softmax' },
      { type: 'dropout', rate: 0.4 },
      { type: 'batch_norm', epsilon: 0.01 },
      { type: 'layer_norm' },
      { type: 'residual', layers: [{ type: 'dense', units: 5 }, { type: 'tanh' }] },
      { type: 'residual', layers: [one], shortcut: [{ type: 'dense', units: 1, bias: false }] },
    ] satisfies LayerSpec[]
  ).map((layer) => [`${JSON.stringify(layer)} of vectors`, vector(layer)] as const),
  ...(
    [
      { type: 'conv2d', filters: 3, kernel: 3 },
      { type: 'conv2d', filters: 2, kernel: [3, 2], stride: [2, 1], padding: [1, 2], bias: false },
      { type: 'max_pool2d', size: 2 },
      { type: 'max_pool2d', size: [3, 2], stride: 1 },
      { type: 'avg_pool2d', size: [2, 3], stride: [2, 1] },
      { type: 'batch_norm' },
      { type: 'layer_norm' },
      { type: 'dropout', rate: 0.4 },
      { type: 'prelu' },
      {
        type: 'residual',
        layers: [
          { type: 'conv2d', filters: 2, kernel: 3, padding: 1 },
          { type: 'residual', layers: [{ type: 'relu' }] },
        ],
      },
    ] satisfies LayerSpec[]
  ).map((layer) => [`${JSON.stringify(layer)} of images`, image(layer)] as const),
  ['global_avg_pool2d', { input: [2, 9, 7], layers: [{ type: 'global_avg_pool2d' }], loss: 'cross_entropy' }],
  ...heads.map((spec) => [`${spec.loss} with ${JSON.stringify(spec.layers)}`, spec] as const),
];

export type ExportCase = {
  readonly model: Model;
  readonly parameters: Float32Array<ArrayBuffer>;
  /** [COUNT × inputLength] and [COUNT × outputs] */
  readonly inputs: Float32Array;
  readonly outputs: Float32Array;
};

/** Parameters around where training starts, running values as after some of it. */
export async function exportCase(spec: ModelSpec): Promise<ExportCase> {
  const model = compileModel(spec);
  const noise = new RandomStream([3, 77, 0, 0], 0);
  const parameters = initialParameters(model, 3).map(
    (value, i) => value + 0.2 * (noise.uniform(i) - 0.5),
  ) as Float32Array<ArrayBuffer>;
  const executor = await wasmStrictEngine.compile(model, { microbatch: COUNT, inputGradient: false });
  executor.parameters.set(parameters);
  executor.parametersChanged();
  const inputs = Float32Array.from(
    { length: COUNT * model.inputLength },
    (_, i) => 2 * noise.uniform(1_000_000 + i) - 1,
  );
  executor.inputs.set(inputs);
  executor.evaluate(COUNT);
  return { model, parameters, inputs, outputs: executor.outputs.slice(0, COUNT * model.outputs) };
}

/** A table with a number, a category and a number to predict. */
export const HOUSES: DataSetInfo = {
  ...{ name: 'houses', source: 'tabular', shape: [3], classes: 0, sha256: '' },
  preparation: {
    label: 'price',
    columns: [
      { type: 'number', name: 'area', mean: 100, deviation: 20 },
      { type: 'category', name: 'city', categories: ['Bonn', 'Köln'] },
    ],
  },
  target: { name: 'price', mean: 300, deviation: 50 },
};
export const HOUSES_MODEL: ModelSpec = { input: [3], layers: [one], loss: 'squared_error' };
