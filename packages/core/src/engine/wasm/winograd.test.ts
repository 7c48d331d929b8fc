import { describe, it } from 'vitest';
import type { LayerSpec } from '../../nn/layers.ts';
import { expectAgreement } from '../comparison.suite.ts';
import { wasmStrictEngine } from './wasmEngine.ts';

/** Extents around multiples of the tile's four, or five, channels around multiples of the packed panel's four. */
const CASES = [
  { image: [8, 13, 13], filters: 8, padding: 0, count: 20 },
  { image: [32, 13, 13], filters: 64, padding: 0, count: 1 },
  { image: [9, 6, 10], filters: 11, padding: 0, count: 3 },
  { image: [31, 7, 8], filters: 13, padding: 1, count: 9 },
  { image: [13, 4, 4], filters: 31, padding: [1, 1], count: 1 },
  { image: [10, 5, 12], filters: 9, padding: [3, 2], count: 7 },
  { image: [8, 16, 3], filters: 8, padding: [0, 2], count: 2 },
  { image: [32, 12, 12], filters: 64, padding: 0, count: 2 },
  { image: [8, 12, 12], filters: 9, padding: 0, count: 41 },
  { image: [9, 5, 15], filters: 10, padding: 1, count: 20 },
  { image: [11, 7, 16], filters: 13, padding: 0, count: 3 },
  { image: [8, 8, 13], filters: 9, padding: [1, 2], count: 9 },
] as const;

describe('convolution by minimal filtering agrees with the reference engine', () => {
  for (const { image, filters, padding, count } of CASES) {
    it(`on ${filters} filters over images of ${image.join(' × ')} with padding ${padding}`, async () => {
      for (const [bias, activation] of [
        [true, 'relu'],
        [false, 'tanh'],
      ] as const) {
        const convolution: LayerSpec = { type: 'conv2d', filters, kernel: 3, padding, bias };
        const layers: LayerSpec[] = [
          convolution,
          { type: activation },
          { type: 'flatten' },
          { type: 'dense', units: 3 },
        ];
        await expectAgreement(wasmStrictEngine, { input: image, layers, count });
        await expectAgreement(wasmStrictEngine, { input: image, layers, count, inputGradient: false });
      }
    });
  }

  for (const { size, stride, activation } of [
    { size: 2, stride: 2, activation: 'relu' },
    { size: 2, stride: 2, activation: null },
    { size: [3, 2], stride: [4, 1], activation: 'relu' },
    { size: [2, 4], stride: [2, 4], activation: 'tanh' },
  ] as const) {
    it(`where a pooling of ${size} by ${stride} behind ${activation} does not reach all of it`, async () => {
      const layers: LayerSpec[] = [
        { type: 'conv2d', filters: 12, kernel: 3 },
        ...(activation === null ? [] : [{ type: activation } as const]),
        { type: 'max_pool2d', size, stride },
        { type: 'flatten' },
        { type: 'dense', units: 3 },
      ];
      await expectAgreement(wasmStrictEngine, { input: [9, 13, 13], layers, count: 19 });
      await expectAgreement(wasmStrictEngine, {
        input: [9, 13, 13],
        layers,
        count: 19,
        inputGradient: false,
      });
    });
  }

  it('through a chain of blocks with batch norms and shortcuts', async () => {
    const block: LayerSpec = {
      type: 'residual',
      layers: [
        { type: 'conv2d', filters: 12, kernel: 3, padding: 1, bias: false },
        { type: 'batch_norm' },
        { type: 'relu' },
        { type: 'conv2d', filters: 12, kernel: 3, padding: 1 },
        { type: 'batch_norm' },
      ],
    };
    const layers: LayerSpec[] = [
      { type: 'conv2d', filters: 12, kernel: 3, padding: 1 },
      { type: 'relu' },
      block,
      { type: 'relu' },
      block,
      { type: 'global_avg_pool2d' },
      { type: 'dense', units: 5 },
    ];
    await expectAgreement(wasmStrictEngine, { input: [3, 9, 9], layers, count: 6 });
  });
});
