/**
 * A first dense layer passes over what is zero in the samples. Behind a leaky rectifier of slope 1, which changes nothing, the same
 * layer does not: that is what its bits are held against.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayerSpec } from '../../nn/layers.ts';
import { ADDRESS, prepared } from '../comparison.suite.ts';
import type { Executor } from '../engine.ts';
import { wasmStrictEngine } from './wasmEngine.ts';

type Given = {
  readonly inputs: number;
  readonly units: number;
  readonly count: number;
  readonly bias: boolean;
  readonly relu: boolean;
};

/** The executor of a layer that passes over zeros, and that of one that does not, with the same samples and parameters. */
async function pair(
  { inputs, units, count, bias, relu }: Given,
  change: (executor: Executor) => void,
): Promise<readonly [Executor, Executor]> {
  const layers: LayerSpec[] = [
    { type: 'dense', units, bias },
    ...(relu ? [{ type: 'relu' } as const] : []),
    { type: 'dense', units: 3 },
  ];
  const plain: LayerSpec[] = [{ type: 'leaky_relu', slope: 1 }, ...layers];
  const made = async (chain: readonly LayerSpec[]): Promise<Executor> => {
    const executor = await prepared(wasmStrictEngine, {
      ...{ input: [inputs], layers: chain, count, microbatch: count + 5, inputGradient: false },
      vectors: 1,
    });
    return executor;
  };
  const both = [await made(layers), await made(plain)] as const;
  // Where a layer stands decides what its parameters begin with.
  both[1].parameters.set(both[0].parameters);
  for (const executor of both) {
    change(executor);
    executor.parametersChanged();
  }
  return both;
}

/** The same numbers: −0 is not +0, and one NaN is as good as another. */
function expectSame(got: Executor, wanted: Executor): void {
  expect([...got.gradient]).toEqual([...wanted.gradient]);
  expect([...got.outputs]).toEqual([...wanted.outputs]);
}

function expectSameBits(got: Executor, wanted: Executor, count: number): void {
  const sums = wanted.computeGradient(count, ADDRESS);
  expect(got.computeGradient(count, ADDRESS)).toEqual(sums);
  expectSame(got, wanted);
  // Added to another microbatch.
  const place = { vector: got.vectors.allocate(), adds: false };
  const other = { vector: wanted.vectors.allocate(), adds: false };
  for (const adds of [false, true]) {
    got.computeGradientInto({ ...place, adds }, count, ADDRESS);
    wanted.computeGradientInto({ ...other, adds }, count, ADDRESS);
  }
  expect([...got.vectors.view(place.vector)]).toEqual([...wanted.vectors.view(other.vector)]);
  const told = wanted.evaluate(count);
  expect(got.evaluate(count)).toEqual(told);
  expect([...got.outputs]).toEqual([...wanted.outputs]);
}

/** Row `k` of eight samples is zero in all of them with this probability, and in each by itself as often again. */
function emptied(executor: Executor, share: number, seed: number): void {
  const { inputLength } = executor.model;
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  for (let first = 0; first < executor.microbatch; first += 8) {
    for (let k = 0; k < inputLength; k += 1) {
      const isEmpty = uniform() < share;
      for (let sample = first; sample < Math.min(first + 8, executor.microbatch); sample += 1) {
        const own = uniform();
        const at = sample * inputLength + k;
        if (isEmpty || own < share) executor.inputs[at] = 0;
        // −0 is no zero that is passed over.
        else if (own > 0.98) executor.inputs[at] = -0;
      }
    }
  }
}

describe('a dense layer that passes over zeros of the samples computes the bits of one that does not', () => {
  it('for any sizes and any share of zeros', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          inputs: fc.integer({ min: 1, max: 150 }),
          units: fc.integer({ min: 1, max: 37 }),
          count: fc.integer({ min: 1, max: 40 }),
          bias: fc.boolean(),
          relu: fc.boolean(),
        }),
        fc.constantFrom(0, 0.05, 0.3, 0.5, 0.8, 0.97, 1),
        fc.integer(),
        async (given, share, seed) => {
          const [got, wanted] = await pair(given, (executor) => emptied(executor, share, seed));
          expectSameBits(got, wanted, given.count);
        },
      ),
      { numRuns: 150, seed: 20 },
    );
  });

  const given: Given = { inputs: 30, units: 9, count: 11, bias: true, relu: false };

  it('where a bias is −0', async () => {
    const [got, wanted] = await pair(given, (executor) => {
      executor.inputs.fill(0);
      executor.parameters.fill(1);
      executor.parameters.fill(-0, 270, 279);
      executor.parameters.fill(-0, 306);
    });
    expectSameBits(got, wanted, given.count);
  });

  for (const value of [Number.POSITIVE_INFINITY, Number.NaN]) {
    it(`where a weight of what is zero is ${value}`, async () => {
      const [got, wanted] = await pair(given, (executor) => {
        emptied(executor, 0.6, 3);
        for (let sample = 0; sample < executor.microbatch; sample += 1) executor.inputs[sample * 30 + 7] = 0;
        executor.parameters[7] = value;
      });
      wanted.computeGradient(given.count, ADDRESS);
      got.computeGradient(given.count, ADDRESS);
      expectSame(got, wanted);
      expect(got.outputs.some(Number.isNaN)).toBe(true);
    });
  }

  it('where the slope that comes back is infinite', async () => {
    const last = { inputs: 30, units: 9, count: 3, bias: false, relu: false };
    const [got, wanted] = await pair(last, (executor) => {
      executor.inputs.fill(0);
      executor.targets.fill(0);
      executor.parameters.fill(-3e38, 270, 270 + 9);
      executor.parameters.fill(3e38, 270 + 9, 270 + 27);
    });
    wanted.computeGradient(last.count, ADDRESS);
    got.computeGradient(last.count, ADDRESS);
    expectSame(got, wanted);
    expect([...got.gradient.subarray(0, 270)].some(Number.isNaN)).toBe(true);
  });
});
