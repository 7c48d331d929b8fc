/** Tests of what `Executor` promises: nothing carried from call to call, no memory taken by a call, views that stay. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countAllocations } from './allocations.suite.ts';
import { ADDRESS, type Case, fillMicrobatch, prepared, snapshot } from './comparison.suite.ts';
import type { Engine } from './engine.ts';
import { EVERYTHING, RANDOM_MODELS, RANDOM_SEED, randomCase } from './sampleModels.suite.ts';

export function executorPromises(name: string, engine: Engine): void {
  describe(`${name} keeps the promises of an executor`, () => {
    it('gives equal bits when called twice, and after other work in between', async () => {
      const executor = await prepared(engine, { ...EVERYTHING, microbatch: 7 });
      const first = snapshot(executor, 5, executor.computeGradient(5, ADDRESS));
      expect(snapshot(executor, 5, executor.computeGradient(5, ADDRESS))).toEqual(first);
      fillMicrobatch(executor, 7, 99);
      executor.computeGradient(7, { seed: 8, epoch: 9 });
      executor.evaluate(6);
      fillMicrobatch(executor, 5, 1);
      expect(snapshot(executor, 5, executor.computeGradient(5, ADDRESS))).toEqual(first);
    });

    it('gives equal bits from a fresh executor, one for longer microbatches and one without input gradient', async () => {
      const executor = await prepared(engine, EVERYTHING);
      const first = snapshot(executor, 5, executor.computeGradient(5, ADDRESS));
      const longer = await prepared(engine, { ...EVERYTHING, microbatch: 31 });
      expect(snapshot(longer, 5, longer.computeGradient(5, ADDRESS))).toEqual(first);
      const lean = await prepared(engine, { ...EVERYTHING, inputGradient: false });
      expect(lean.inputGradient).toBeNull();
      expect(snapshot(lean, 5, lean.computeGradient(5, ADDRESS))).toEqual({ ...first, inputGradient: null });
    });

    it('gives equal bits whatever it was compiled for, on random models', async () => {
      const bits = async (given: Case): Promise<unknown> => {
        const executor = await prepared(engine, given);
        const sums = executor.computeGradient(given.count, ADDRESS);
        return { ...snapshot(executor, given.count, sums), inputGradient: null };
      };
      const property = fc.asyncProperty(randomCase, async (given) => {
        const first = await bits({ ...given, microbatch: given.count });
        expect(await bits({ ...given, microbatch: 19, inputGradient: false })).toEqual(first);
      });
      await fc.assert(property, { numRuns: RANDOM_MODELS, seed: RANDOM_SEED });
    }, 120_000);

    it('takes bytes for the numbers from 0 to 1 that they stand for, where it takes any', async () => {
      // 17 × 17 values: no whole number of vectors.
      const layers = [{ type: 'dense', units: 2 }] as const;
      const executor = await prepared(engine, { input: [17 * 17], layers, count: 3 });
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

    it('puts a gradient where it is told to, or adds it there, with the same bits, on random models', async () => {
      const property = fc.asyncProperty(randomCase, async (given) => {
        const own = await prepared(engine, given);
        const sums = own.computeGradient(given.count, ADDRESS);
        const gradient = own.gradient.slice();
        const executor = await prepared(engine, { ...given, vectors: 2 });
        const [placed, added] = [executor.vectors.allocateFilled(7), executor.vectors.allocateFilled(0.3)];
        for (const [vector, adds] of [
          [placed, false],
          [added, true],
        ] as const) {
          const { loss, correct, finite } = executor.computeGradientInto(
            { vector, adds },
            given.count,
            ADDRESS,
          );
          expect({ loss, correct, finite }).toEqual(sums);
        }
        expect(executor.vectors.view(placed)).toEqual(gradient);
        const start = Math.fround(0.3);
        expect(executor.vectors.view(added)).toEqual(gradient.map((value) => Math.fround(start + value)));
      });
      await fc.assert(property, { numRuns: RANDOM_MODELS, seed: RANDOM_SEED });
    }, 120_000);

    it('recovers from values that are not finite, and reports them', async () => {
      const executor = await prepared(engine, EVERYTHING);
      const first = snapshot(executor, 5, executor.computeGradient(5, ADDRESS));
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        executor.inputs[3] = bad;
        expect(executor.computeGradient(5, ADDRESS).finite).toBe(false);
        fillMicrobatch(executor, 5, 1);
        expect(snapshot(executor, 5, executor.computeGradient(5, ADDRESS))).toEqual(first);
      }
    });

    it('follows parameters that are written in place', async () => {
      const executor = await prepared(engine, EVERYTHING);
      const first = snapshot(executor, 5, executor.computeGradient(5, ADDRESS));
      const kept = executor.parameters.slice();
      executor.parameters.fill(0.01);
      executor.parametersChanged();
      expect(snapshot(executor, 5, executor.computeGradient(5, ADDRESS))).not.toEqual(first);
      executor.parameters.set(kept);
      executor.parametersChanged();
      expect(snapshot(executor, 5, executor.computeGradient(5, ADDRESS))).toEqual(first);
    });

    it('makes no typed array and moves no view in a call', async () => {
      const executor = await prepared(engine, EVERYTHING);
      const views = (): unknown[] => [
        executor.parameters,
        executor.gradient,
        executor.inputs,
        executor.targets,
        executor.samples,
        executor.outputs,
        executor.inputGradient,
      ];
      const before = views();
      executor.computeGradient(5, ADDRESS);
      const made = countAllocations(() => {
        executor.parametersChanged();
        executor.computeGradient(5, ADDRESS);
        executor.evaluate(4);
      });
      expect(made).toBe(0);
      expect(views().every((view, index) => view === before[index])).toBe(true);
      expect(executor.gradient.length).toBe(executor.model.vectorLength);
    });
  });
}
