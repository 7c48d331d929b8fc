import { describe, it } from 'vitest';
import type { LayerSpec } from '../../nn/layers.ts';
import { expectAgreement } from '../comparison.suite.ts';
import { SMALL_CONVOLUTIONS } from '../sampleModels.suite.ts';
import { wasmStrictEngine } from './wasmEngine.ts';

const POOLS = [
  { image: [1, 28, 28], kernel: 3, stride: 1, padding: 0, size: 2, count: 9 },
  { image: [3, 13, 11], kernel: 3, stride: 1, padding: 1, size: 2, count: 3 },
  { image: [2, 14, 9], kernel: [5, 2], stride: [1, 2], padding: [2, 0], size: [2, 3], count: 5 },
  { image: [3, 9, 16], kernel: 4, stride: 2, padding: 0, size: [3, 1], count: 17 },
  { image: [1, 7, 7], kernel: 1, stride: 1, padding: 0, size: 1, count: 2 },
] as const;

describe('a first convolution that is pooled at once agrees with the reference engine', () => {
  for (const { image, kernel, stride, padding, size, count } of POOLS) {
    it(`on windows of ${size} over images of ${image.join(' × ')}`, async () => {
      for (const bias of [true, false]) {
        for (const relu of [true, false]) {
          const layers: LayerSpec[] = [
            { type: 'conv2d', filters: 5, kernel, stride, padding, bias },
            ...(relu ? [{ type: 'relu' } as const] : []),
            { type: 'max_pool2d', size },
            { type: 'flatten' },
            { type: 'dense', units: 3 },
          ];
          await expectAgreement(wasmStrictEngine, { input: image, layers, count, inputGradient: false });
          await expectAgreement(wasmStrictEngine, { input: image, layers, count });
        }
      }
    });
  }

  it('on the whole of a small network for digits', async () => {
    const layers: LayerSpec[] = [...SMALL_CONVOLUTIONS, { type: 'dense', units: 10 }];
    await expectAgreement(wasmStrictEngine, { input: [1, 28, 28], layers, count: 11, inputGradient: false });
  });
});
