import { compileInspectable, droppedNeurons, type InspectableExecutor } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { digitModel, digitParameters, executorOf, someDigits } from './labModels.suite.ts';
import { readSample } from './readSample.ts';

const pixels = Float32Array.from(someDigits(1).inputs.values, (value) => value / 255);

async function inspector(): Promise<InspectableExecutor> {
  const executor = await compileInspectable(digitModel, { microbatch: 1, inputGradient: false });
  executor.parameters.set(digitParameters);
  executor.parametersChanged();
  return executor;
}

describe('a sample that is read', () => {
  it('is answered as in an evaluation, with probabilities that add up to one', async () => {
    const { probabilities, said } = readSample(await inspector(), pixels, null);
    const ordinary = await executorOf(digitModel, digitParameters, 64);
    ordinary.inputs.set(pixels);
    ordinary.evaluate(1);
    const outputs = ordinary.outputs.subarray(0, 10);
    expect(said).toBe(outputs.indexOf(Math.max(...outputs)));
    expect(probabilities.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 5);
    expect(probabilities[said]).toBe(Math.max(...probabilities));
  });

  it('shows every layer in its own shape, with a rectifier, a pooling and a convolution apart', async () => {
    const { layers } = readSample(await inspector(), pixels, null);
    expect(layers.map(({ type, shape }) => [type, ...shape])).toEqual([
      ['conv2d', 4, 12, 12],
      ['relu', 4, 12, 12],
      ['max_pool2d', 4, 6, 6],
      ['dense', 32],
      ['tanh', 32],
      ['dropout', 32],
      ['dense', 10],
    ]);
    const [convolution, rectified] = layers;
    expect([...(rectified?.values ?? [])]).toEqual(
      [...(convolution?.values ?? [])].map((value) => Math.max(value, 0)),
    );
  });

  it('leaves out in training the neurons that workers leave out for that sample in that epoch', async () => {
    const training = { seed: 42, epoch: 5, sample: 1234 };
    const { layers } = readSample(await inspector(), pixels, training);
    const dropout = layers.find(({ type }) => type === 'dropout');
    const before = layers.find(({ type }) => type === 'tanh');
    const layer = digitModel.layers.find((one) => one.type === 'dropout');
    if (layer?.type !== 'dropout' || dropout === undefined || before === undefined) {
      throw new Error('The model has a dropout layer.');
    }
    const masks = droppedNeurons(layer, training, 1234);
    expect(dropout.dropped).toEqual(masks);
    expect(masks.some((out) => out === 1) && masks.some((out) => out === 0)).toBe(true);
    expect([...dropout.values]).toEqual(
      [...before.values].map((value, i) => (masks[i] === 1 ? 0 : 2 * value)),
    );
    expect(readSample(await inspector(), pixels, null).layers.every(({ dropped }) => dropped === null)).toBe(
      true,
    );
  });

  it('leaves out others for another sample and in another epoch', async () => {
    const executor = await inspector();
    const out = (epoch: number, sample: number): string =>
      String(
        readSample(executor, pixels, { seed: 42, epoch, sample }).layers.find(({ dropped }) => dropped)
          ?.dropped,
      );
    expect(out(5, 1234)).toBe(out(5, 1234));
    expect(out(5, 1234)).not.toBe(out(5, 1235));
    expect(out(5, 1234)).not.toBe(out(6, 1234));
  });
});
