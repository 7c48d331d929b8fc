import { expect, test } from 'vitest';
import { type BenchLine, benchEngines } from './engineBench.ts';

test('there is a line for each model, engine, microbatch and number of threads', async () => {
  const all: BenchLine[] = [];
  await benchEngines(
    {
      models: ['mlp-xor', 'perceptron-or'],
      engine: 'reference',
      microbatches: [1, 4],
      threads: [1],
      seconds: 0.01,
    },
    (line) => all.push(line),
  );
  const lines = all.flatMap((line) => (line.type === 'engine' ? [line] : []));
  expect(lines).toHaveLength(all.length);
  expect(lines.map(({ model, engine, microbatch }) => `${model} ${engine} ${microbatch}`)).toEqual([
    'mlp-xor reference 1',
    'mlp-xor reference 4',
    'perceptron-or reference 1',
    'perceptron-or reference 4',
  ]);
  for (const line of lines) {
    expect(line).toMatchObject({ type: 'engine', threads: 1 });
    expect(line.samplesPerSecond).toBeGreaterThan(0);
  }
});

test('an unknown model or engine is answered with the nearest', async () => {
  const options = { models: ['mlp-xor'], engine: null, microbatches: [1], threads: [1], seconds: 0.01 };
  await expect(benchEngines({ ...options, models: ['mnist-cn'] }, () => {})).rejects.toThrow('"mnist-cnn"');
  await expect(benchEngines({ ...options, engine: 'refrence' }, () => {})).rejects.toThrow('"reference"');
});

test('an engine of kernels is looked into, layer by layer', async () => {
  const all: BenchLine[] = [];
  await benchEngines(
    { models: ['mnist-cnn'], engine: 'wasm-strict', microbatches: [8], threads: [1], seconds: 0.02 },
    (line) => all.push(line),
  );
  expect(all.slice(0, 2).map(({ type }) => type)).toEqual(['peak', 'engine']);
  const layers = all.flatMap((line) => (line.type === 'layer' ? [line] : []));
  expect(layers.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 2);
  const products = layers.filter(({ gflops }) => gflops !== null);
  expect(products.map(({ layer, pass }) => `${layer} ${pass}`)).toEqual([
    'conv2d1 forward',
    'conv2d4 forward',
    'dense8 forward',
    'dense8 weightGradient',
    'dense8 inputGradient',
    'conv2d4 backward',
    'conv2d1 weightGradient',
  ]);
});
