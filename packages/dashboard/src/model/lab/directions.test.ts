import { describe, expect, it } from 'vitest';
import { norm, randomDirection } from './directions.ts';
import { digitModel, digitParameters } from './labModels.suite.ts';

const first = randomDirection(digitModel, digitParameters, 7, 0);
const second = randomDirection(digitModel, digitParameters, 7, 1);

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);

describe('a random direction', () => {
  it('has in each filter and neuron the length of that of the model', () => {
    for (const { role, shape, offset, length } of digitModel.tensors) {
      if (role !== 'weight') continue;
      const row = length / shape[0];
      for (let from = offset; from < offset + length; from += row) {
        const wanted = norm(digitParameters.subarray(from, from + row));
        expect(norm(first.subarray(from, from + row)) / wanted).toBeCloseTo(1, 5);
      }
    }
  });

  it('leaves everything but weights where it is', () => {
    for (const { role, offset, length } of digitModel.tensors) {
      if (role === 'weight') continue;
      expect(first.subarray(offset, offset + length).every((value) => value === 0)).toBe(true);
    }
  });

  it('is still where the model is zero, and finite', () => {
    const still = randomDirection(digitModel, new Float32Array(digitModel.vectorLength), 7, 0);
    expect(still.every((value) => value === 0)).toBe(true);
  });

  it('is the same for the same seed, and nearly at a right angle to the other', () => {
    expect(randomDirection(digitModel, digitParameters, 7, 0)).toEqual(first);
    expect(randomDirection(digitModel, digitParameters, 8, 0)).not.toEqual(first);
    expect(Math.abs(dot(first, second)) / (norm(first) * norm(second))).toBeLessThan(0.06);
  });
});
