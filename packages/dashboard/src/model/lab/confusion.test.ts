import { classSamples, compileModel, evaluateSplit, SampleWriter } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { countConfusion, WORST_MAX } from './confusion.ts';
import { digitModel, digitParameters, executorOf, paceUntil, someDigits } from './labModels.suite.ts';

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

describe('a confusion matrix', () => {
  it('counts each sample once, in the row of what it is and the column of what is said', async () => {
    // The model's outputs are its inputs, so the samples say what is read.
    const model = compileModel({
      input: [3],
      layers: [
        {
          type: 'dense',
          units: 3,
          bias: false,
          weights: [
            [1, 0, 0],
            [0, 1, 0],
            [0, 0, 1],
          ],
        },
      ],
      loss: 'cross_entropy',
    });
    const values = Float32Array.of(5, 0, 0, 0, 5, 0, 0, 9, 0, 0, 0, 4, 0, 1, 2);
    const samples = classSamples({ shape: [3], values }, Uint8Array.of(0, 1, 2, 2, 1));
    const executor = await executorOf(model, Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), 2);
    const { counts, correct, worst } = await countConfusion(executor, samples, paceUntil(99));
    expect([...counts]).toEqual([1, 0, 0, 0, 1, 1, 0, 1, 1]);
    expect(correct).toBe(3);
    expect(worst.map(({ index, label, said }) => ({ index, label, said }))).toEqual([
      { index: 2, label: 2, said: 1 },
      { index: 4, label: 1, said: 2 },
    ]);
    expect([...(worst[0]?.values ?? [])]).toEqual([0, 9, 0]);
    expect(worst[0]?.ofSaid).toBeGreaterThan(0.99);
  });

  it('adds up to the set, and to the loss and accuracy that an evaluation has', async () => {
    const samples = someDigits(150);
    const executor = await executorOf(digitModel, digitParameters, 32);
    const confusion = await countConfusion(executor, samples, paceUntil(99));
    const writer = new SampleWriter({ shape: [1, 28, 28], augment: null, seed: 0 });
    const evaluation = evaluateSplit(executor, writer, samples);
    expect(sum(confusion.counts)).toBe(150);
    expect(confusion.samples).toBe(150);
    expect(confusion.correct / 150).toBe(evaluation?.accuracy);
    expect(confusion.loss).toBeCloseTo(evaluation?.loss ?? Number.NaN, 5);
    for (let label = 0; label < 10; label += 1) {
      const row = confusion.counts.subarray(10 * label, 10 * label + 10);
      expect(sum(row)).toBe(samples.targets.values.filter((one) => one === label).length);
    }
  });

  it('keeps the most wrong samples, the highest loss first', async () => {
    const samples = someDigits(150);
    const executor = await executorOf(digitModel, digitParameters, 32);
    const { worst } = await countConfusion(executor, samples, paceUntil(99));
    expect(worst).toHaveLength(WORST_MAX);
    for (const [i, { index, label, said, loss }] of worst.entries()) {
      expect(said).not.toBe(label);
      expect(samples.targets.values[index]).toBe(label);
      expect(loss).toBeLessThanOrEqual(worst[i - 1]?.loss ?? Number.POSITIVE_INFINITY);
    }
  });

  it('says how far it is and ends when it is called off', async () => {
    const executor = await executorOf(digitModel, digitParameters, 16);
    const seen: number[] = [];
    const pace = paceUntil(2, (done) => seen.push(done));
    await expect(countConfusion(executor, someDigits(160), pace)).rejects.toThrow('called off');
    expect(seen).toEqual([16, 32, 48]);
  });
});
