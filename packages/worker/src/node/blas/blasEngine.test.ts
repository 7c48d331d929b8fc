import { compileModel } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { engineConformance } from '../../../../core/src/engine/conformance.suite.ts';
import { enableRelaxedSimd } from '../relaxedSimd.ts';
import { blasEngine } from './blasEngine.ts';
import { findBlas } from './library.ts';

enableRelaxedSimd();
const search = await findBlas();
if (search.found) {
  engineConformance('blas', blasEngine);
} else {
  console.info(`blas is not tested: ${search.reason}`);
}

const model = compileModel({
  input: [2, 4, 4],
  layers: [{ type: 'conv2d', filters: 2, kernel: 3 }, { type: 'flatten' }, { type: 'dense', units: 3 }],
  loss: 'cross_entropy',
});

describe.skipIf(search.found)('the engine blas without a library', () => {
  it('says how to get one', async () => {
    await expect(blasEngine.compile(model, { microbatch: 2, inputGradient: false })).rejects.toThrow(
      'cannot be used here',
    );
  });
});

describe.runIf(search.found)('the library', () => {
  it('is described by its name and file', () => {
    expect(search.found && search.library.description).toMatch(/OpenBLAS|Accelerate/);
  });

  it('multiplies the rows and columns that it is given', () => {
    if (!search.found) return;
    const a = Float32Array.of(1, 2, 3, 4, 5, 6);
    const c = new Float32Array(4);
    search.library.sgemm(101, 111, 112, 2, 2, 3, 1, a, 3, a, 3, 0, c, 2);
    expect([...c]).toEqual([14, 32, 32, 77]);
  });
});
