import { expect, test } from 'vitest';
import { benchEngines, type EngineBenchLine } from './engineBench.ts';

test('there is a line for each model, engine, microbatch and number of threads', async () => {
  const lines: EngineBenchLine[] = [];
  await benchEngines(
    {
      models: ['mlp-xor', 'perceptron-or'],
      engine: 'reference',
      microbatches: [1, 4],
      threads: [1],
      seconds: 0.01,
    },
    (line) => lines.push(line),
  );
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
