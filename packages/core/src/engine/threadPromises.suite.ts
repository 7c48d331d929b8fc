/** Tests of what `Executor` promises beyond `promises.suite.ts`: places for gradients, no memory taken by a call, views that stay. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countAllocations } from './allocations.suite.ts';
import { ADDRESS, prepared } from './comparison.suite.ts';
import type { Engine } from './engine.ts';
import { EVERYTHING, RANDOM_MODELS, RANDOM_SEED, randomCase } from './sampleModels.suite.ts';

export function threadPromises(name: string, engine: Engine): void {
  describe(`${name} computes in memory that is at hand`, () => {
    it('puts a gradient where it is told to, or adds it there, with the same bits, on random models', async () => {
      const property = fc.asyncProperty(randomCase, fc.nat(2), async (random, trainedFrom) => {
        const given = { ...random, inputGradient: false, trainedFrom };
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
