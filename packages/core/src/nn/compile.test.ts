import { describe, expect, it } from 'vitest';
import { referenceCnn } from '../spec/presets/models.ts';
import { compileModel } from './compile.ts';
import { initialParameters } from './initialize.ts';
import type { LayerSpec, ModelSpec } from './layers.ts';
import { flopsPerSample, summarizeModel } from './summary.ts';

const MLP: ModelSpec = {
  input: [784],
  layers: [
    { type: 'dense', units: 512 },
    { type: 'relu' },
    { type: 'dense', units: 512 },
    { type: 'relu' },
    { type: 'dense', units: 10 },
  ],
  loss: 'cross_entropy',
};

function compiling(input: readonly number[], layers: LayerSpec[]): () => unknown {
  return () => compileModel({ input, layers, loss: 'cross_entropy' });
}

describe('compileModel', () => {
  it('gives mnist-mlp its 669,706 parameters and 3.21 MFLOP', () => {
    const model = compileModel(MLP);
    expect(model.vectorLength).toBe(669_706);
    expect(model.outputs).toBe(10);
    expect(flopsPerSample(model) / 1e6).toBeCloseTo(3.21, 2);
    expect(model.tensors.map((tensor) => tensor.name)).toEqual([
      'dense1.weight',
      'dense1.bias',
      'dense3.weight',
      'dense3.bias',
      'dense5.weight',
      'dense5.bias',
    ]);
  });

  it('gives mnist-cnn its 34,826 parameters and 14.25 MFLOP', () => {
    const model = compileModel(referenceCnn);
    expect(model.vectorLength).toBe(34_826);
    expect(Math.floor(flopsPerSample(model) / 1e4) / 100).toBe(14.25);
    expect(model.layers.map((layer) => layer.outputShape)).toEqual([
      [32, 26, 26],
      [32, 26, 26],
      [32, 13, 13],
      [64, 11, 11],
      [64, 11, 11],
      [64, 5, 5],
      [1600],
      [10],
    ]);
    expect(summarizeModel(model).layers.map(({ name }) => name)).toContain('conv2d4');
  });

  it('puts running values behind all trainable tensors', () => {
    const model = compileModel({
      input: [4],
      layers: [{ type: 'batch_norm' }, { type: 'dense', units: 3 }, { type: 'batch_norm' }],
      loss: 'mse',
    });
    expect(model.tensors.map(({ name, offset }) => [name, offset])).toEqual([
      ['batch_norm1.scale', 0],
      ['batch_norm1.shift', 4],
      ['dense2.weight', 8],
      ['dense2.bias', 20],
      ['batch_norm3.scale', 23],
      ['batch_norm3.shift', 26],
      ['batch_norm1.running_mean', 29],
      ['batch_norm1.running_var', 33],
      ['batch_norm3.running_mean', 37],
      ['batch_norm3.running_var', 40],
    ]);
    expect(model.trainableLength).toBe(29);
    expect(model.vectorLength).toBe(43);
  });

  it('numbers layers depth first, members of residual blocks included', () => {
    const model = compileModel({
      input: [2, 5, 5],
      layers: [
        {
          type: 'residual',
          layers: [{ type: 'conv2d', filters: 3, kernel: 3, padding: 1 }, { type: 'relu' }],
          shortcut: [{ type: 'conv2d', filters: 3, kernel: 1, bias: false }],
        },
        { type: 'global_avg_pool2d' },
      ],
      loss: 'cross_entropy',
    });
    const [block, last] = model.layers;
    expect(block?.type === 'residual' && block.layers.map((layer) => layer.name)).toEqual([
      'conv2d2',
      'relu3',
    ]);
    expect(block?.type === 'residual' && block.shortcut.map((layer) => layer.name)).toEqual(['conv2d4']);
    expect(last?.name).toBe('global_avg_pool2d5');
    expect(last?.outputShape).toEqual([3]);
  });

  it('names both layers and the way out when they do not fit', () => {
    expect(
      compiling(
        [1, 28, 28],
        [{ type: 'relu' }, { type: 'conv2d', filters: 32, kernel: 3 }, { type: 'dense', units: 10 }],
      ),
    ).toThrow('dense3 expects a vector but conv2d2 gives [32, 26, 26]: put a flatten layer between them');
    expect(compiling([784], [{ type: 'conv2d', filters: 3, kernel: 3 }])).toThrow(
      'conv2d1 expects an image [channels, height, width] but the input gives [784]',
    );
    expect(compiling([1, 4, 4], [{ type: 'max_pool2d', size: 5 }])).toThrow('at least 5 by 5');
    expect(
      compiling([4], [{ type: 'relu' }, { type: 'residual', layers: [{ type: 'dense', units: 3 }] }]),
    ).toThrow('residual2 adds dense3, which gives [3], and the identity shortcut from relu1');
  });

  it('refuses values out of range and unknown types in a sentence', () => {
    expect(compiling([4], [{ type: 'dense', units: 0 }])).toThrow('dense1: units must be a whole number');
    expect(compiling([4], [{ type: 'dropout', rate: 1 }])).toThrow(
      'rate must be a number of at least 0 and below 1',
    );
    expect(compiling([4], [{ type: 'dance' } as unknown as LayerSpec])).toThrow('unknown type "dance"');
    expect(compiling([], [{ type: 'relu' }])).toThrow('the input must be');
    expect(compiling([2], [{ type: 'dense', units: 1, weights: [[1]] }])).toThrow('must be 2 numbers');
  });
});

describe('initialParameters', () => {
  it('draws He weights before a rectifier and Glorot weights elsewhere, biases zero', () => {
    const model = compileModel(MLP);
    const starts = model.tensors.map(({ start }) => (start.type === 'drawn' ? start.initializer.type : null));
    expect(starts).toEqual(['he', null, 'he', null, 'glorot', null]);
    const vector = initialParameters(model, 1);
    const [weight, bias] = model.tensors;
    const drawn = vector.subarray(0, weight!.length);
    const limit = Math.sqrt(6 / 784);
    expect(drawn.every((value) => Math.abs(value) <= limit)).toBe(true);
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    const square = drawn.reduce((sum, value) => sum + value * value, 0) / drawn.length;
    expect(Math.abs(mean)).toBeLessThan(limit * 0.005);
    expect(square / ((limit * limit) / 3)).toBeCloseTo(1, 2);
    expect(vector.subarray(bias!.offset, bias!.offset + bias!.length).every((value) => value === 0)).toBe(
      true,
    );
  });

  it('depends on the seed alone', () => {
    const model = compileModel(referenceCnn);
    expect(initialParameters(model, 7)).toEqual(initialParameters(compileModel(referenceCnn), 7));
    expect(initialParameters(model, 7)).not.toEqual(initialParameters(model, 8));
  });

  it('takes given weights, and starts scales and running variances at 1', () => {
    const model = compileModel({
      input: [2],
      layers: [
        { type: 'dense', units: 1, weights: [[1, 2]], biases: [-1.5] },
        { type: 'prelu' },
        { type: 'batch_norm' },
      ],
      loss: 'perceptron',
    });
    expect([...initialParameters(model, 1)]).toEqual([1, 2, -1.5, 0.25, 1, 0, 0, 1]);
  });
});
