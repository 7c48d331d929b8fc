import { checkStepsFit, compileModel } from '@shoal/core';
import { expect, test } from 'vitest';
import { deepSpec, residualSpecs } from './depth/specs.ts';
import { RACE } from './descent/race.ts';
import { AMOUNTS, onSamples } from './fitting/specs.ts';

test('runs that are compared differ in what they show alone', () => {
  const [plain, ...others] = RACE.map(({ optimizer: _optimizer, name: _name, ...rest }) => rest);
  for (const other of others) expect(other).toEqual(plain);
  const [sigmoid, relu] = (['sigmoid', 'relu'] as const).map((type) => {
    const { model, name: _name, ...rest } = deepSpec(type);
    return { ...rest, layers: model.layers.filter((layer) => layer.type !== type) };
  });
  expect(relu).toEqual(sigmoid);
});

test('a residual network has the depth and the parameters of the plain one', () => {
  const [plain, residual] = residualSpecs.map(({ model }) => compileModel(model).trainableLength);
  expect(residual).toBe(plain);
});

test('each amount of data is trained on for as many steps', () => {
  for (const amount of AMOUNTS) {
    const spec = onSamples(amount);
    checkStepsFit(spec, amount);
    expect((spec.epochs * amount) / spec.batch).toBe(1500);
  }
});
