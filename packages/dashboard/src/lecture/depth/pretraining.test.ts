import { compileModel, initialParameters } from '@shoal/core';
import { expect, test } from 'vitest';
import { carriedOver } from './pretraining.ts';
import { stageSpec } from './specs.ts';

test('a stage has the trained hidden layers and draws the rest as its spec says', () => {
  const [small, large] = [compileModel(stageSpec(2).model), compileModel(stageSpec(3).model)];
  const trained = Float32Array.from({ length: small.vectorLength }, (_, i) => i);
  const parameters = carriedOver(stageSpec(3), { model: small, parameters: trained });
  const drawn = initialParameters(large, stageSpec(3).seed);
  large.tensors.forEach(({ offset, length }, i) => {
    const own = parameters.slice(offset, offset + length);
    const old = small.tensors[i]!;
    // Two hidden layers, with a weight and a bias each.
    expect(own).toEqual(
      i < 4 ? trained.slice(old.offset, old.offset + old.length) : drawn.slice(offset, offset + length),
    );
  });
});
