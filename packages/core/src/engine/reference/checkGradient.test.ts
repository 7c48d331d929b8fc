import { describe, expect, it } from 'vitest';
import { compileModel } from '../../nn/compile.ts';
import { initialParameters } from '../../nn/initialize.ts';
import type { LayerSpec, LossName, ModelSpec } from '../../nn/layers.ts';
import { Purpose, RandomStream } from '../../random/threefry.ts';
import { checkGradient } from './checkGradient.ts';
import { ReferenceNetwork } from './network.ts';

const COUNT = 5;
const ADDRESS = { seed: 3, epoch: 1 };
const STEP = 1e-5;

/** The truncation error of the quotient is about step², its rounding error about 10⁻¹⁶ / step. */
const TOLERANCE = 1e-7;

function networkOf(spec: ModelSpec, count: number): ReferenceNetwork {
  const model = compileModel(spec);
  const network = new ReferenceNetwork(model, count);
  const noise = new RandomStream([11, Purpose.split, 0, 0], 0);
  const start = initialParameters(model, 11);
  start.forEach((value, i) => {
    network.parameters[i] = value + 0.3 * noise.uniform(i);
  });
  network.inputs.forEach((_, i) => {
    network.inputs[i] = 2 * noise.uniform(100_000 + i) - 1;
  });
  network.targets.forEach((_, sample) => {
    if (model.loss === 'squared_error') network.targetNumbers[sample] = noise.uniform(900_000 + sample);
    else network.targets[sample] = noise.integer(900_000 + sample, Math.max(2, model.outputs));
    network.samples[sample] = sample;
  });
  return network;
}

/** Compares every trained parameter and every input of a model with its difference quotient. */
function expectCalculus(spec: ModelSpec, count = COUNT): void {
  const network = networkOf(spec, count);
  const { model, parameters, inputs } = network;
  const labels = spec.loss === 'squared_error' ? network.targetNumbers : network.targets;
  network.computeGradient(count, ADDRESS);
  const gradient = network.gradient.slice(0, model.trainableLength);
  const inputGradient = network.inputGradient.slice();
  const scale = Math.max(1, ...gradient.map(Math.abs), ...inputGradient.map(Math.abs));
  const checked = { model, parameters: parameters.slice(), inputs: inputs.slice(), labels };
  gradient.forEach((slope, index) => {
    const check = checkGradient({ ...checked, index, step: STEP, address: ADDRESS });
    expect(check.backpropagation).toBeCloseTo(slope / count, 12);
    const error = Math.abs(check.backpropagation - check.differenceQuotient);
    expect(error, `${check.tensor}[${check.element}]`).toBeLessThan(TOLERANCE * scale);
  });
  inputGradient.forEach((slope, index) => {
    const value = inputs[index]!;
    inputs[index] = value + STEP;
    const above = network.computeLoss(count, ADDRESS).loss;
    inputs[index] = value - STEP;
    const below = network.computeLoss(count, ADDRESS).loss;
    inputs[index] = value;
    const error = Math.abs(slope - (above - below) / (2 * STEP));
    expect(error, `input ${index}`).toBeLessThan(TOLERANCE * scale);
  });
}

const LOSSES: readonly LossName[] = ['cross_entropy', 'mse', 'perceptron'];

describe('backpropagation agrees with the difference quotient', () => {
  for (const loss of LOSSES) {
    for (const units of [1, 2, 4]) {
      it(`for the ${loss} loss with ${units} outputs`, () => {
        expectCalculus({ input: [6], layers: [{ type: 'dense', units }], loss });
      });
    }
  }

  it('for the squared_error loss, whose target is a number', () => {
    const layers: readonly LayerSpec[] = [
      { type: 'dense', units: 3 },
      { type: 'tanh' },
      { type: 'dense', units: 1 },
    ];
    expectCalculus({ input: [6], layers, loss: 'squared_error' });
  });

  const vectorLayers: readonly LayerSpec[] = [
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
    { type: 'batch_norm' },
    { type: 'layer_norm' },
    { type: 'residual', layers: [{ type: 'dense', units: 5 }, { type: 'tanh' }] },
    {
      type: 'residual',
      layers: [{ type: 'dense', units: 7 }, { type: 'relu' }],
      shortcut: [{ type: 'dense', units: 7, bias: false }],
    },
  ];
  for (const layer of vectorLayers) {
    it(`for ${JSON.stringify(layer)} over vectors`, () => {
      const layers: LayerSpec[] = [{ type: 'dense', units: 5 }, layer, { type: 'dense', units: 3 }];
      expectCalculus({ input: [4], layers, loss: 'cross_entropy' });
    });
  }

  const imageLayers: readonly LayerSpec[] = [
    { type: 'conv2d', filters: 3, kernel: 3 },
    { type: 'conv2d', filters: 2, kernel: [3, 2], stride: [2, 1], padding: [1, 2], bias: false },
    { type: 'conv2d', filters: 2, kernel: 2, stride: 3 },
    { type: 'max_pool2d', size: 2 },
    { type: 'max_pool2d', size: [3, 2], stride: 1 },
    { type: 'avg_pool2d', size: 2 },
    { type: 'avg_pool2d', size: [2, 3], stride: [2, 1] },
    { type: 'global_avg_pool2d' },
    { type: 'batch_norm' },
    { type: 'layer_norm' },
    { type: 'dropout', rate: 0.4 },
    { type: 'gelu' },
    { type: 'residual', layers: [{ type: 'conv2d', filters: 2, kernel: 3, padding: 1 }] },
  ];
  for (const layer of imageLayers) {
    it(`for ${JSON.stringify(layer)} over images`, () => {
      const layers: LayerSpec[] = [
        { type: 'conv2d', filters: 2, kernel: 1 },
        layer,
        { type: 'flatten' },
        { type: 'dense', units: 3 },
      ];
      expectCalculus({ input: [2, 5, 4], layers, loss: 'mse' }, 2);
    });
  }

  it('for a batch norm whose one value is normalised by constants', () => {
    const layers: LayerSpec[] = [{ type: 'dense', units: 3 }, { type: 'batch_norm' }, { type: 'tanh' }];
    expectCalculus({ input: [4], layers, loss: 'mse' }, 1);
  });
});

describe('checkGradient', () => {
  it('names the parameter and refuses one that is not trained', () => {
    const layers: LayerSpec[] = [{ type: 'batch_norm' }, { type: 'dense', units: 1 }];
    const model = compileModel({ input: [2], layers, loss: 'mse' });
    const parameters = initialParameters(model, 1);
    const given = { model, parameters, inputs: [1, 2, 3, 5], labels: [0, 1] };
    expect(checkGradient({ ...given, index: 5 })).toMatchObject({ tensor: 'dense2.weight', element: 1 });
    expect(() => checkGradient({ ...given, index: 8 })).toThrow('trained parameters are 0 to 6');
    expect(() => checkGradient({ ...given, inputs: [1], index: 0 })).toThrow('needs 4 inputs');
  });
});
