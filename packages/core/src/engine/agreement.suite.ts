/** Tests that hold every layer and loss of an engine against the reference engine, up to a tolerance. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayerSpec } from '../nn/layers.ts';
import {
  ADDRESS,
  type AnyEngine,
  type AnyExecutor,
  type Case,
  expectAgreement,
  prepared,
} from './comparison.suite.ts';
import { referenceEngine } from './reference/referenceEngine.ts';
import { EVERYTHING, RANDOM_MODELS, RANDOM_SEED, randomCase } from './sampleModels.suite.ts';

/** Odd extents around the widths of vector registers and of blocked kernels. */
const SIZES = [1, 3, 7, 13, 31] as const;

/** In a deep or random model a small number may be a difference of large ones; a wrong formula is off by far more. */
const DEEP_TOLERANCE = 1e-3;

const flattenAndDense: readonly LayerSpec[] = [{ type: 'flatten' }, { type: 'dense', units: 3 }];

/** The layers one by one, losses, blocks, random models and dropout masks. */
export function agreementWithReference(name: string, engine: AnyEngine): void {
  describe(`${name} agrees with the reference engine`, () => {
    for (const inputs of SIZES) {
      it(`on dense layers of ${inputs} inputs`, async () => {
        for (const units of SIZES) {
          for (const count of SIZES) {
            const layers: LayerSpec[] = [{ type: 'dense', units, bias: count !== 7 }];
            await expectAgreement(engine, { input: [inputs], layers, count });
          }
        }
      });
    }

    SIZES.forEach((height, row) => {
      it(`on convolutions over images of height ${height}`, async () => {
        for (const [column, width] of SIZES.entries()) {
          const channels = SIZES[(row + column) % 5] as number;
          const filters = SIZES[(row + 2 * column) % 5] as number;
          const count = SIZES[(3 * row + column) % 3] as number;
          const kernel = [Math.min(3, height), Math.min(5, width)] as const;
          const layers: LayerSpec[] = [{ type: 'conv2d', filters, kernel }, ...flattenAndDense];
          await expectAgreement(engine, { input: [channels, height, width], layers, count });
        }
      });
    });

    for (const kernel of [
      [1, 1],
      [3, 3],
      [5, 3],
      [2, 4],
      [1, 7],
    ] as const) {
      // biome-ignore format: pairs
      it(`on convolutions with kernel ${kernel.join(' × ')}, any stride and padding`, async () => {
        for (const stride of [1, 2, [1, 2], [3, 1]] as const) {
          for (const padding of [0, 1, [2, 0], [0, 3]] as const) {
            const layers: LayerSpec[] = [
              { type: 'conv2d', filters: 7, kernel, stride, padding, bias: padding !== 1 },
              { type: 'tanh' },
              ...flattenAndDense,
            ];
            await expectAgreement(engine, { input: [3, 13, 7], layers, count: 3 });
          }
        }
      });
    }

    for (const type of ['max_pool2d', 'avg_pool2d'] as const) {
      it(`on ${type} with overlapping, rectangular and left-over windows`, async () => {
        for (const size of [1, 2, 3, [3, 1], [2, 5]] as const) {
          for (const stride of [undefined, 1, 2, [1, 3]] as const) {
            const pool: LayerSpec = stride === undefined ? { type, size } : { type, size, stride };
            for (const extent of [7, 13]) {
              const layers = [pool, ...flattenAndDense];
              await expectAgreement(engine, { input: [3, extent, 7], layers, count: 3 });
            }
          }
        }
      });
    }

    const elementwise: readonly LayerSpec[] = [
      { type: 'step' },
      { type: 'sigmoid' },
      { type: 'tanh' },
      { type: 'relu' },
      { type: 'leaky_relu' },
      { type: 'leaky_relu', slope: 0.3 },
      { type: 'prelu' },
      { type: 'gelu' },
      { type: 'softmax' },
      { type: 'layer_norm' },
      { type: 'batch_norm' },
      { type: 'dropout', rate: 0.5 },
      { type: 'dropout', rate: 0 },
    ];
    for (const layer of elementwise) {
      // A bias before a batch norm has gradient 0, a sum of cancelling terms: nothing to compare.
      const bias = layer.type !== 'batch_norm';
      it(`on ${JSON.stringify(layer)} over vectors`, async () => {
        for (const units of SIZES) {
          // With two samples batch norm's input gradient is the difference of equal numbers: nothing to compare.
          for (const count of [1, 3, 13]) {
            const layers: LayerSpec[] = [{ type: 'dense', units, bias }, layer, { type: 'dense', units: 4 }];
            await expectAgreement(engine, { input: [5], layers, count });
          }
        }
      });
      if (layer.type === 'softmax') continue;
      it(`on ${JSON.stringify(layer)} over images`, async () => {
        for (const extent of [1, 3, 7]) {
          const layers: LayerSpec[] = [
            { type: 'conv2d', filters: 3, kernel: 1, bias },
            layer,
            { type: 'tanh' },
            { type: 'global_avg_pool2d' },
            { type: 'dense', units: 4 },
          ];
          await expectAgreement(engine, { input: [2, extent, 5], layers, count: 3 });
        }
      });
    }

    for (const loss of ['cross_entropy', 'mse', 'perceptron'] as const) {
      it(`on the ${loss} loss with one output and with many`, async () => {
        for (const units of [1, 2, 3, 10, 31]) {
          for (const count of SIZES) {
            const layers: LayerSpec[] = [{ type: 'dense', units }];
            await expectAgreement(engine, { input: [6], layers, loss, count, seed: units + count });
          }
        }
      });
    }

    it('on the squared_error loss, whose target is a number', async () => {
      for (const count of SIZES) {
        const layers: LayerSpec[] = [
          { type: 'dense', units: 5 },
          { type: 'tanh' },
          { type: 'dense', units: 1 },
        ];
        await expectAgreement(engine, { input: [6], layers, loss: 'squared_error', count, seed: count });
      }
    });

    it('on a perceptron and on ties at zero, where a misread sample still pushes', async () => {
      for (const units of [1, 3]) {
        for (const loss of ['perceptron', 'mse', 'cross_entropy'] as const) {
          const given: Case = { input: [3], layers: [{ type: 'dense', units }], loss, count: 5 };
          const [own, reference] = [
            await prepared<AnyExecutor>(engine, given),
            await prepared(referenceEngine, given),
          ];
          for (const executor of [own, reference]) {
            executor.parameters.fill(0);
            executor.parametersChanged();
          }
          const sums = await own.computeGradient(5, ADDRESS);
          const wanted = reference.computeGradient(5, ADDRESS);
          expect(sums.correct).toBe(wanted.correct);
          expect(sums.loss).toBeCloseTo(wanted.loss, 4);
          own.gradient.forEach((value, i) => {
            expect(value).toBeCloseTo(reference.gradient[i] as number, 4);
          });
        }
      }
    });

    it('on extreme inputs of the functions, without overflow', async () => {
      for (const type of ['sigmoid', 'tanh', 'gelu', 'softmax'] as const) {
        for (const size of [10, 80, 200]) {
          const given: Case = { input: [7], layers: [{ type }], loss: 'mse', count: 1 };
          const [own, reference] = [
            await prepared<AnyExecutor>(engine, given),
            await prepared(referenceEngine, given),
          ];
          for (const executor of [own, reference]) {
            executor.inputs.set([-size, -size / 3, -0.001, 0, 0.001, size / 3, size]);
          }
          expect((await own.evaluate(1)).finite).toBe(true);
          reference.evaluate(1);
          own.outputs.forEach((value, i) => {
            const wanted = reference.outputs[i] as number;
            expect(Math.abs(value - wanted)).toBeLessThanOrEqual(2e-5 * Math.max(1, Math.abs(wanted)));
          });
        }
      }
    });

    it('on extreme logits, without overflow', async () => {
      for (const units of [1, 3]) {
        const given: Case = { input: [units], layers: [{ type: 'flatten' }], count: 2 };
        const [own, reference] = [
          await prepared<AnyExecutor>(engine, given),
          await prepared(referenceEngine, given),
        ];
        for (const executor of [own, reference]) {
          executor.inputs.fill(-120);
          executor.inputs[0] = 150;
          executor.targets.set([0, units - 1]);
        }
        const sums = await own.computeGradient(2, ADDRESS);
        expect(sums.finite).toBe(true);
        expect(sums.loss).toBeCloseTo(reference.computeGradient(2, ADDRESS).loss, 2);
      }
    });

    it('on residual blocks with and without a shortcut, nested too', async () => {
      const inner: LayerSpec = { type: 'residual', layers: [{ type: 'dense', units: 7 }, { type: 'tanh' }] };
      await expectAgreement(engine, { input: [7], layers: [inner, { type: 'dense', units: 3 }], count: 3 });
      const outer: LayerSpec = {
        type: 'residual',
        layers: [inner, { type: 'relu' }, inner, { type: 'dense', units: 13 }],
        shortcut: [{ type: 'dense', units: 13, bias: false }],
      };
      const narrow: LayerSpec = { type: 'dense', units: 7 };
      const layers: LayerSpec[] = [narrow, outer, { type: 'relu' }, narrow, outer];
      await expectAgreement(engine, { input: [5], layers, count: 7 });
      await expectAgreement(engine, EVERYTHING, DEEP_TOLERANCE);
    });

    it('on a batch norm whose microbatch has one value, which the running values normalise', async () => {
      const layers: LayerSpec[] = [{ type: 'dense', units: 7 }, { type: 'batch_norm' }, { type: 'tanh' }];
      await expectAgreement(engine, { input: [3], layers, loss: 'mse', count: 1, microbatch: 4 });
    });

    it('on microbatches shorter than what it was compiled for', async () => {
      for (const count of [1, 2, 3, 4]) {
        await expectAgreement(engine, { ...EVERYTHING, count, microbatch: 13 }, DEEP_TOLERANCE);
      }
    });

    it('on models of the size that MNIST is trained with', async () => {
      const dense = (units: number): LayerSpec => ({ type: 'dense', units });
      const mlp: LayerSpec[] = [dense(512), { type: 'relu' }, dense(512), { type: 'tanh' }, dense(10)];
      await expectAgreement(engine, { input: [784], layers: mlp, count: 9 });
      const cnn: LayerSpec[] = [
        { type: 'conv2d', filters: 32, kernel: 3 },
        { type: 'sigmoid' },
        { type: 'max_pool2d', size: 2 },
        { type: 'conv2d', filters: 64, kernel: 3 },
        { type: 'tanh' },
        { type: 'avg_pool2d', size: 2 },
        { type: 'flatten' },
        dense(10),
      ];
      await expectAgreement(engine, { input: [1, 28, 28], layers: cnn, count: 5 });
    });

    it('on random models', async () => {
      const agrees = (given: Case): Promise<void> => expectAgreement(engine, given, DEEP_TOLERANCE);
      const property = fc.asyncProperty(randomCase, agrees);
      await fc.assert(property, { numRuns: RANDOM_MODELS, seed: RANDOM_SEED });
    }, 120_000);

    it('on dropout masks, exactly', async () => {
      for (const features of [...SIZES, 130]) {
        for (const rate of [0.1, 0.5, 0.9]) {
          const layers: LayerSpec[] = [{ type: 'sigmoid' }, { type: 'dropout', rate }];
          const given: Case = { input: [features], layers, loss: 'mse', count: 5 };
          const [own, reference] = [
            await prepared<AnyExecutor>(engine, given),
            await prepared(referenceEngine, given),
          ];
          // A sigmoid of 64 is exactly 1 in float32 and float64: what comes out is the mask itself.
          for (const executor of [own, reference]) executor.inputs.fill(64);
          await own.computeGradient(5, { seed: 4_000_000_000, epoch: 17 });
          reference.computeGradient(5, { seed: 4_000_000_000, epoch: 17 });
          expect(own.outputs).toEqual(reference.outputs);
        }
      }
    });
  });
}
