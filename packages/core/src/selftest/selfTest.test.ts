import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { referenceEngine } from '../engine/reference/referenceEngine.ts';
import { wasmStrictEngine } from '../engine/wasm/wasmEngine.ts';
import { referenceTrajectory } from '../optim/referenceOptimizer.ts';
import { runTrajectory } from '../optim/trajectory.ts';
import { parseReferenceFile } from './referenceFile.ts';
import { runSelfTest } from './selfTest.ts';

const file = new URL('../../../../../shared/golden/pytorch.json', import.meta.url);

const engines = [
  { engine: referenceEngine, runOptimizer: referenceTrajectory },
  { engine: wasmStrictEngine, runOptimizer: runTrajectory },
];

describe('the reference values that PyTorch computed', () => {
  if (!existsSync(file)) test.skip('shared/golden/pytorch.json is not on this machine', () => {});
  else {
    const reference = parseReferenceFile(readFileSync(file, 'utf8'));
    for (const { engine, runOptimizer } of engines) {
      it(`are met by the ${engine.name} engine and its optimizers in every case`, async () => {
        const cases = await runSelfTest(reference, engine, runOptimizer);
        expect(cases.filter(({ passed }) => !passed)).toEqual([]);
        expect(cases.map(({ kind }) => kind)).toEqual([
          ...Array(reference.models.length).fill('model'),
          ...Array(reference.optimizers.length).fill('optimizer'),
        ]);
      });
    }
  }
});

/** y = w·x with mean squared error: x = (1, 2), w rows (1, 0) and (0, 3), label 0: errors (0, 6). */
function tiny(): { models: Record<string, unknown>[]; optimizers: Record<string, unknown>[] } {
  return {
    models: [
      {
        name: 'tiny',
        layers: [{ type: 'dense', inputs: 2, units: 2, weight: { shape: [2, 2], data: [1, 0, 0, 3] } }],
        input: { shape: [1, 2], data: [1, 2] },
        labels: [0],
        loss: 'mse',
        expect: {
          output: { shape: [1, 2], data: [1, 6] },
          loss: 18,
          grads: [{ layer: 0, weight: { shape: [2, 2], data: [0, 0, 6, 12] } }],
          inputGrad: { shape: [1, 2], data: [0, 18] },
        },
      },
    ],
    optimizers: [
      {
        name: 'down',
        settings: { optimizer: 'sgd', lr: 0.5 },
        params: { shape: [2], data: [1, 2] },
        grads: [[2, 4]],
        expect: [[0, 0]],
      },
    ],
  };
}

async function run(value: unknown): Promise<{ name: string; passed: boolean; worstTensor: string }[]> {
  return runSelfTest(parseReferenceFile(JSON.stringify(value)), referenceEngine, runTrajectory);
}

describe('runSelfTest', () => {
  it('passes a case worked out by hand', async () => {
    const cases = await run(tiny());
    expect(cases.map(({ name, passed }) => [name, passed])).toEqual([
      ['tiny', true],
      ['down', true],
    ]);
  });

  it('fails a case whose value is off, and names the tensor', async () => {
    const wrong = tiny();
    Object.assign(wrong.models[0]!.expect as object, { inputGrad: { shape: [1, 2], data: [0, 18.001] } });
    const [model, optimizer] = await run(wrong);
    expect(model).toMatchObject({ passed: false, worstTensor: 'input gradient' });
    expect(optimizer?.passed).toBe(true);
  });

  const broken: readonly (readonly [string, (file: ReturnType<typeof tiny>) => void, string])[] = [
    [
      'an unknown layer',
      (f) => Object.assign(f.models[0]!, { layers: [{ type: 'lstm' }] }),
      'model 1 "tiny" of the reference file: layers.0.type unknown layer type "lstm"',
    ],
    [
      'an unknown field',
      (f) => Object.assign((f.models[0]!.layers as object[])[0]!, { dilation: 2 }),
      'layers.0.dilation is not a known field',
    ],
    [
      'a tensor whose data does not fill its shape',
      (f) => Object.assign(f.models[0]!, { input: { shape: [1, 2], data: [1] } }),
      'input has 1 values, which do not fill its shape [1, 2]',
    ],
    ['a missing field', (f) => delete f.models[0]!.labels, 'labels is missing'],
    [
      'a label without output',
      (f) => Object.assign(f.models[0]!, { labels: [2] }),
      "label 2 is not one of the model's 2 outputs",
    ],
    [
      'a gradient for a tensor that is not there',
      (f) =>
        Object.assign(f.models[0]!.expect as object, {
          grads: [{ layer: 0, bias: { shape: [2], data: [1, 2] } }],
        }),
      'layer 0 has no bias',
    ],
    [
      'a weight of another shape',
      (f) => Object.assign(f.models[0]!, { input: { shape: [1, 3], data: [1, 2, 3] } }),
      'says inputs 2 but what comes before it gives 3',
    ],
    [
      'an unknown optimizer',
      (f) => Object.assign(f.optimizers[0]!, { settings: { optimizer: 'lion', lr: 1 } }),
      'unknown optimizer "lion"',
    ],
    [
      'steps of unequal number',
      (f) => Object.assign(f.optimizers[0]!, { expect: [] }),
      'it must have as many grads as expect',
    ],
  ];
  for (const [what, change, message] of broken) {
    it(`refuses ${what} in a sentence`, async () => {
      const value = tiny();
      change(value);
      await expect(run(value)).rejects.toThrow(message);
    });
  }

  it('refuses what is not JSON or has no cases', () => {
    expect(() => parseReferenceFile('{"models": [')).toThrow('not JSON');
    expect(() => parseReferenceFile('{"models": []}')).toThrow('has no cases');
    expect(() => parseReferenceFile('[]')).toThrow('has no cases');
  });
});
