import { describe, expect, it } from 'vitest';
import { compileModel } from '../../nn/compile.ts';
import { initialParameters } from '../../nn/initialize.ts';
import type { LayerSpec, LossName } from '../../nn/layers.ts';
import type { Executor } from '../engine.ts';
import { referenceEngine } from './referenceEngine.ts';

const ADDRESS = { seed: 1, epoch: 0 };

async function executorOf(
  input: readonly number[],
  layers: LayerSpec[],
  loss: LossName,
  microbatch: number,
): Promise<Executor> {
  const model = compileModel({ input, layers, loss });
  const executor = await referenceEngine.compile(model, { microbatch, inputGradient: true });
  executor.parameters.set(initialParameters(model, 1));
  executor.parametersChanged();
  return executor;
}

describe('the reference engine', () => {
  it('computes a dense layer with mean squared error as by hand', async () => {
    const layers: LayerSpec[] = [{ type: 'dense', units: 2, weights: [[1, 2], [3, 4]], biases: [0.5, -1] }]; // biome-ignore format: a matrix
    const executor = await executorOf([2], layers, 'mse', 1);
    executor.inputs.set([1, -1]);
    executor.targets[0] = 1;
    // z = (1 − 2 + 0.5, 3 − 4 − 1) = (−0.5, −2), target (0, 1): errors (−0.5, −3)
    expect(executor.computeGradient(1, ADDRESS)).toEqual({ loss: 9.25 / 2, correct: 0, finite: true });
    expect([...executor.outputs]).toEqual([-0.5, -2]);
    expect([...executor.gradient]).toEqual([-0.5, 0.5, -3, 3, -0.5, -3]);
    expect([...executor.inputGradient!]).toEqual([-0.5 - 9, -1 - 12]);
  });

  it('gives the first of equal maxima the gradient of a pool', async () => {
    const layers: LayerSpec[] = [{ type: 'max_pool2d', size: 2 }, { type: 'flatten' }];
    const executor = await executorOf([1, 2, 2], layers, 'mse', 1);
    executor.inputs.set([3, 5, 5, 1]);
    executor.targets[0] = 1;
    executor.computeGradient(1, ADDRESS);
    expect([...executor.inputGradient!]).toEqual([0, 8, 0, 0]);
  });

  it('reads z = 0 as 1 and pushes a perceptron that misreads it', async () => {
    const layers: LayerSpec[] = [{ type: 'dense', units: 1, initializer: { type: 'zeros' } }];
    const executor = await executorOf([2], layers, 'perceptron', 2);
    executor.inputs.set([1, 2, 3, 4]);
    executor.targets.set([1, 0]);
    expect(executor.computeGradient(2, ADDRESS)).toEqual({ loss: 0, correct: 1, finite: true });
    expect([...executor.gradient]).toEqual([3, 4, 1]);
  });

  it('measures batch norm over the microbatch and reports unbiased running values', async () => {
    const executor = await executorOf([1], [{ type: 'batch_norm', epsilon: 1e-12 }], 'mse', 3);
    executor.inputs.set([1, 2, 6]);
    executor.computeGradient(3, ADDRESS);
    // mean 3, variance 14/3, unbiased 7; three samples
    expect(executor.gradient[2]).toBeCloseTo(9, 5);
    expect(executor.gradient[3]).toBeCloseTo(21, 5);
    expect(executor.outputs[0]).toBeCloseTo(-2 / Math.sqrt(14 / 3), 5);
    executor.computeGradient(1, ADDRESS);
    expect([...executor.gradient.subarray(2)]).toEqual([0, 1]);
    executor.evaluate(3);
    expect([...executor.outputs]).toEqual([1, 2, 6]);
  });

  it('drops the same neurons again for the same address and others for another', async () => {
    const executor = await executorOf([1000], [{ type: 'dropout', rate: 0.25 }], 'mse', 1);
    executor.inputs.fill(1);
    executor.samples[0] = 77;
    executor.computeGradient(1, ADDRESS);
    const first = executor.outputs.slice();
    expect(new Set(first)).toEqual(new Set([0, Math.fround(4 / 3)]));
    expect(first.filter((value) => value === 0).length).toBeGreaterThan(200);
    expect(first.filter((value) => value === 0).length).toBeLessThan(300);
    executor.computeGradient(1, { seed: 1, epoch: 1 });
    expect(executor.outputs).not.toEqual(first);
    executor.computeGradient(1, ADDRESS);
    expect(executor.outputs).toEqual(first);
    executor.evaluate(1);
    expect(executor.outputs.every((value) => value === 1)).toBe(true);
  });

  it('says so when a result is not finite', async () => {
    const executor = await executorOf([1], [{ type: 'dense', units: 2 }], 'cross_entropy', 1);
    executor.inputs[0] = Number.POSITIVE_INFINITY;
    expect(executor.computeGradient(1, ADDRESS).finite).toBe(false);
  });

  it('refuses more samples than it was compiled for', async () => {
    const executor = await executorOf([1], [{ type: 'dense', units: 2 }], 'mse', 2);
    expect(() => executor.computeGradient(3, ADDRESS)).toThrow('cannot hold 3');
  });
});
