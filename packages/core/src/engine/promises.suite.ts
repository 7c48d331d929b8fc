/** Tests of what executors promise, wherever they compute: nothing is carried from call to call. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ADDRESS,
  type AnyEngine,
  type AnyExecutor,
  type Case,
  expectFrozenBits,
  fillMicrobatch,
  prepared,
  snapshot,
} from './comparison.suite.ts';
import { EVERYTHING, POOLED, RANDOM_MODELS, RANDOM_SEED, randomCase } from './sampleModels.suite.ts';

export function executorPromises(name: string, engine: AnyEngine): void {
  describe(`${name} keeps the promises of an executor`, () => {
    it('gives equal bits when called twice, and after other work in between', async () => {
      const executor = await prepared<AnyExecutor>(engine, { ...EVERYTHING, microbatch: 7 });
      const first = snapshot(executor, 5, await executor.computeGradient(5, ADDRESS));
      expect(snapshot(executor, 5, await executor.computeGradient(5, ADDRESS))).toEqual(first);
      fillMicrobatch(executor, 7, 99);
      await executor.computeGradient(7, { seed: 8, epoch: 9 });
      await executor.evaluate(6);
      fillMicrobatch(executor, 5, 1);
      expect(snapshot(executor, 5, await executor.computeGradient(5, ADDRESS))).toEqual(first);
    });

    it('gives equal bits from a fresh executor, one for longer microbatches and one without input gradient', async () => {
      const executor = await prepared<AnyExecutor>(engine, EVERYTHING);
      const first = snapshot(executor, 5, await executor.computeGradient(5, ADDRESS));
      const longer = await prepared<AnyExecutor>(engine, { ...EVERYTHING, microbatch: 31 });
      expect(snapshot(longer, 5, await longer.computeGradient(5, ADDRESS))).toEqual(first);
      const lean = await prepared<AnyExecutor>(engine, { ...EVERYTHING, inputGradient: false });
      expect(lean.inputGradient).toBeNull();
      expect(snapshot(lean, 5, await lean.computeGradient(5, ADDRESS))).toEqual({
        ...first,
        inputGradient: null,
      });
    });

    it('gives equal bits whatever it was compiled for, on random models', async () => {
      const bits = async (given: Case): Promise<unknown> => {
        const executor = await prepared<AnyExecutor>(engine, given);
        const sums = await executor.computeGradient(given.count, ADDRESS);
        return { ...snapshot(executor, given.count, sums), inputGradient: null };
      };
      const property = fc.asyncProperty(randomCase, async (given) => {
        const first = await bits({ ...given, microbatch: given.count });
        expect(await bits({ ...given, microbatch: 19, inputGradient: false })).toEqual(first);
      });
      await fc.assert(property, { numRuns: RANDOM_MODELS, seed: RANDOM_SEED });
    }, 120_000);

    it('gives equal bits whatever is frozen, but for the gradient of that, which is 0', async () => {
      for (const given of [EVERYTHING, POOLED]) {
        for (let from = 1; from <= given.layers.length; from += 1)
          await expectFrozenBits(engine, given, from);
      }
      const property = fc.asyncProperty(randomCase, fc.nat(), async (given, choice) => {
        await expectFrozenBits(engine, given, choice % (given.layers.length + 1));
      });
      await fc.assert(property, { numRuns: RANDOM_MODELS, seed: RANDOM_SEED });
    }, 120_000);

    it('takes bytes for the numbers from 0 to 1 that they stand for, where it takes any', async () => {
      // 17 × 17 values: no whole number of vectors.
      const layers = [{ type: 'dense', units: 2 }] as const;
      const executor = await prepared<AnyExecutor>(engine, { input: [17 * 17], layers, count: 3 });
      const { pixels, inputs } = executor;
      if (pixels === null) return;
      pixels.bytes.forEach((_, i, bytes) => {
        bytes[i] = i < 40 ? 0 : i;
      });
      inputs.fill(-1);
      pixels.toInputs(2);
      const wanted = Float32Array.from(pixels.bytes, (byte, i) => (i < 2 * 17 * 17 ? byte / 255 : -1));
      expect(inputs).toEqual(wanted);
    });

    it('recovers from values that are not finite, and reports them', async () => {
      const executor = await prepared<AnyExecutor>(engine, EVERYTHING);
      const first = snapshot(executor, 5, await executor.computeGradient(5, ADDRESS));
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        executor.inputs[3] = bad;
        expect((await executor.computeGradient(5, ADDRESS)).finite).toBe(false);
        fillMicrobatch(executor, 5, 1);
        expect(snapshot(executor, 5, await executor.computeGradient(5, ADDRESS))).toEqual(first);
      }
    });

    it('follows parameters that are written in place', async () => {
      const executor = await prepared<AnyExecutor>(engine, EVERYTHING);
      const first = snapshot(executor, 5, await executor.computeGradient(5, ADDRESS));
      const kept = executor.parameters.slice();
      executor.parameters.fill(0.01);
      executor.parametersChanged();
      expect(snapshot(executor, 5, await executor.computeGradient(5, ADDRESS))).not.toEqual(first);
      executor.parameters.set(kept);
      executor.parametersChanged();
      expect(snapshot(executor, 5, await executor.computeGradient(5, ADDRESS))).toEqual(first);
    });
  });
}
