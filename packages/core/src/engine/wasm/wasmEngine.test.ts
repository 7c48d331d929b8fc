import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { compileModel } from '../../nn/compile.ts';
import { referenceCnn } from '../../spec/presets/models.ts';
import { engineConformance } from '../conformance.suite.ts';
import { isProfiled } from './profile.ts';
import { hasRelaxedSimd } from './relaxedSimd.ts';
import { findWasmRelaxedEngine, wasmStrictEngine } from './wasmEngine.ts';

engineConformance('wasm-strict', wasmStrictEngine);

if (!hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd');
const relaxed = findWasmRelaxedEngine();
if (relaxed === null) console.info('wasm-relaxed is not tested: this runtime has no relaxed SIMD');
else engineConformance('wasm-relaxed', relaxed);

describe('the executor of the WebAssembly engines', () => {
  const model = compileModel({
    input: [4],
    layers: [{ type: 'dense', units: 3 }],
    loss: 'cross_entropy',
  });

  it('refuses labels that are no class of the model and microbatches of another size, in a sentence', async () => {
    const executor = await wasmStrictEngine.compile(model, { microbatch: 2, inputGradient: false });
    executor.targets.set([0, 3]);
    expect(() => executor.evaluate(2)).toThrow('Sample 1 of the microbatch has label 3');
    expect(() => executor.evaluate(3)).toThrow('compiled for 1 to 2');
    expect(() => executor.computeGradient(0, { seed: 1, epoch: 0 })).toThrow('compiled for 1 to 2');
  });

  it('says so when a model does not fit into memory', async () => {
    const large = { microbatch: 2 ** 28, inputGradient: false };
    await expect(wasmStrictEngine.compile(model, large)).rejects.toThrow('choose a smaller microbatch');
  });

  it('computes nothing on the way back through frozen layers, and no input gradient of the first that is trained', async () => {
    const image = compileModel({
      input: [8, 12, 12],
      layers: [
        { type: 'conv2d', filters: 8, kernel: 3 },
        { type: 'batch_norm' },
        { type: 'relu' },
        {
          type: 'residual',
          layers: [{ type: 'conv2d', filters: 8, kernel: 3, padding: 1 }, { type: 'prelu' }],
        },
        { type: 'max_pool2d', size: 2 },
        { type: 'flatten' },
        { type: 'dense', units: 6 },
        { type: 'relu' },
        { type: 'dense', units: 3 },
      ],
      loss: 'cross_entropy',
    });
    const wayBack = async (trainedFrom: number): Promise<readonly string[]> => {
      const options = { microbatch: 8, inputGradient: false, trainedFrom };
      const executor = await wasmStrictEngine.compile(image, options);
      if (!isProfiled(executor)) throw new Error('The engine tells no calls.');
      const back = executor.calls.filter(({ pass }) => pass !== 'forward');
      return [...new Set(back.map(({ layer, pass }) => `${layer} ${pass}`))];
    };
    expect(await wayBack(9)).toEqual([]);
    expect(await wayBack(8)).toEqual(['dense11 weightGradient']);
    const dense = ['dense11 weightGradient', 'dense11 inputGradient', 'dense9 weightGradient'];
    expect(await wayBack(6)).toEqual(dense);
    // The block begins what is trained: its convolution's dx would be the block's own.
    expect(await wayBack(3)).toEqual([
      ...dense,
      ...['dense9 inputGradient', 'max_pool2d7 inputGradient', 'prelu6 inputGradient'],
      'conv2d5 weightGradient',
    ]);
  });

  it('takes room for a network of digits that a volunteer does not notice', async () => {
    const digits = compileModel(referenceCnn);
    const executor = await wasmStrictEngine.compile(digits, { microbatch: 64, inputGradient: false });
    expect(executor.parameters.buffer.byteLength).toBeLessThan(20e6);
  });
});
