/**
 * The bits of the strict engine, written down. They are part of what a run is a function of: when one of these hashes
 * changes, runs of the previous build cannot be continued. KERNEL_BUILD tells builds apart by the kernels' binaries; when
 * the binaries are the same and only the plans changed, raise BUILD_SERIES in scripts/build-kernels.mjs.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import type { LayerSpec } from '../../nn/layers.ts';
import { ADDRESS, type Case, prepared } from '../comparison.suite.ts';
import { SMALL_CONVOLUTIONS } from '../sampleModels.suite.ts';
import { wasmStrictEngine } from './wasmEngine.ts';

const image: LayerSpec[] = [...SMALL_CONVOLUTIONS, { type: 'dense', units: 10 }];

const every: LayerSpec[] = [
  { type: 'conv2d', filters: 5, kernel: 3, stride: 2, padding: 1 },
  { type: 'batch_norm' },
  { type: 'prelu' },
  { type: 'residual', layers: [{ type: 'conv2d', filters: 5, kernel: [1, 3], padding: [0, 1] }] },
  { type: 'avg_pool2d', size: 2 },
  { type: 'flatten' },
  { type: 'dropout', rate: 0.3 },
  { type: 'dense', units: 13 },
  { type: 'layer_norm' },
  { type: 'gelu' },
  { type: 'dense', units: 9 },
  { type: 'tanh' },
  { type: 'dense', units: 7 },
  { type: 'sigmoid' },
  { type: 'dense', units: 5 },
  { type: 'softmax' },
  { type: 'dense', units: 3 },
];

const RECORDED: readonly { readonly name: string; readonly given: Case; readonly hash: string }[] = [
  {
    name: 'a convolutional network',
    given: { input: [1, 28, 28], layers: image, count: 13, inputGradient: false },
    hash: 'f951793ddeb1a73b',
  },
  {
    name: 'dense layers',
    given: {
      input: [31],
      layers: [{ type: 'dense', units: 29 }, { type: 'relu' }, { type: 'dense', units: 10 }],
      count: 64,
    },
    hash: '5fb10e76954b5e14',
  },
  {
    name: 'one of every other layer',
    given: { input: [2, 12, 10], layers: every, count: 7 },
    hash: '7cc866db31aa85dd',
  },
];

describe('the gradient of the strict engine has the recorded bits', () => {
  for (const { name, given, hash } of RECORDED) {
    it(`for ${name}`, async () => {
      const executor = await prepared(wasmStrictEngine, given);
      executor.computeGradient(given.count, ADDRESS);
      const { gradient, outputs } = executor;
      const bytes = new Uint8Array(4 * (gradient.length + outputs.length));
      bytes.set(new Uint8Array(gradient.slice().buffer));
      bytes.set(new Uint8Array(outputs.slice().buffer), 4 * gradient.length);
      expect(bytesToHex(sha256(bytes)).slice(0, 16)).toBe(hash);
    });
  }
});
