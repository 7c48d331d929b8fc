import { findPreset } from '@shoal/core';
import { expect, it } from 'vitest';
import { validates } from './validates.ts';

const record = (validationLoss: number | null) => ({
  epoch: 1,
  trainLoss: 1,
  trainAccuracy: 0.5,
  trainErrors: 1,
  validationLoss,
  validationAccuracy: validationLoss === null ? null : 0.5,
  learningRate: 0.1,
  layerNorms: [],
  seconds: 1,
  samplesPerSecond: 1,
  improved: false,
});

it('goes by what was measured, and before that by what is asked for', () => {
  const [table, digits] = [findPreset('perceptron-and'), findPreset('mnist-cnn')];
  expect([table, digits].map((spec) => validates(spec, undefined))).toEqual([false, true]);
  expect(validates(digits, record(null))).toBe(false);
  expect(validates(digits, record(0.4))).toBe(true);
});
