import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Purpose, RandomStream } from '../random/threefry.ts';
import {
  BLOCKS_MIXED,
  epochOrder,
  ORDER_BLOCK_SAMPLES,
  orderByBlocks,
  permutation,
  shuffledOrder,
} from './order.ts';

describe('the shuffled order of an epoch', () => {
  it('visits every sample exactly once', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(1000), fc.nat(300), (seed, epoch, count) => {
        const order = shuffledOrder(seed, epoch, count);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
      { numRuns: 50 },
    );
  });

  it('follows its definition word by word', () => {
    const word = (i: number): number => new RandomStream([9, Purpose.shuffle, 0, 2], 0).word(i);
    const expected = [0, 1, 2, 3, 4];
    for (let i = 0; i < 4; i += 1) {
      const j = i + Number((BigInt(word(i)) * BigInt(5 - i)) >> 32n);
      [expected[i], expected[j]] = [expected[j]!, expected[i]!];
    }
    expect([...shuffledOrder(9, 2, 5)]).toEqual(expected);
  });

  it('depends on the seed and on the epoch', () => {
    const first = shuffledOrder(1, 0, 100);
    expect(shuffledOrder(1, 0, 100)).toEqual(first);
    expect(shuffledOrder(2, 0, 100)).not.toEqual(first);
    expect(shuffledOrder(1, 1, 100)).not.toEqual(first);
  });

  it('puts each sample first equally often', () => {
    const firsts = new Uint32Array(5);
    for (let epoch = 0; epoch < 5000; epoch += 1) firsts[shuffledOrder(3, epoch, 5)[0]!]! += 1;
    // Binomial with mean 1000 and standard deviation 28: five of them never in a deterministic test.
    for (const times of firsts) expect(Math.abs(times - 1000)).toBeLessThan(140);
  });
});

describe('the order of an epoch by blocks', () => {
  const GROUP = ORDER_BLOCK_SAMPLES * BLOCKS_MIXED;

  it('visits every sample exactly once', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(1000), fc.nat(4 * GROUP), (seed, epoch, count) => {
        const order = orderByBlocks(seed, epoch, count);
        expect(order.toSorted()).toEqual(Uint32Array.from({ length: count }, (_, i) => i));
      }),
      { numRuns: 50 },
    );
  });

  it('follows its definition: blocks as drawn, and the samples of each few of them as drawn', () => {
    // 5 blocks, the last of 6 samples: a group of four and a group of one.
    const count = 4 * ORDER_BLOCK_SAMPLES + 6;
    const drawn = permutation([9, Purpose.shuffle, 1, 2], 5);
    const samplesOf = (block: number): number[] =>
      Array.from({ length: Math.min(256, count - 256 * block) }, (_, i) => 256 * block + i);
    const expected = [drawn.subarray(0, 4), drawn.subarray(4)].flatMap((group, g) => {
      const samples = [...group].flatMap(samplesOf);
      return [...permutation([9, Purpose.shuffle, 2, 2], samples.length, g)].map((place) => samples[place]);
    });
    expect([...orderByBlocks(9, 2, count)]).toEqual(expected);
  });

  it('touches few blocks in any stretch', () => {
    const order = orderByBlocks(1, 7, 55_000);
    for (let from = 0; from < order.length; from += 6_400) {
      const touched = new Set(
        order.subarray(from, from + 6_400).map((n) => Math.floor(n / ORDER_BLOCK_SAMPLES)),
      );
      // 25 if it began and ended with a group; the short block is in one of them.
      expect(touched.size).toBeLessThanOrEqual(25 + 2 * BLOCKS_MIXED);
    }
  });

  it('mixes the samples of its groups, differently in each epoch', () => {
    const [first, second] = [orderByBlocks(1, 0, GROUP), orderByBlocks(1, 1, GROUP)];
    expect(first).not.toEqual(second);
    for (const order of [first, second]) {
      const inPlace = order.filter((sample, place) => sample === place).length;
      const neighbours = order.filter((sample, place) => order[place + 1] === sample + 1).length;
      // One each is expected of a random permutation.
      expect(inPlace).toBeLessThan(8);
      expect(neighbours).toBeLessThan(8);
    }
  });
});

it("a run's order is the one that its spec names; a source that is trained on whole is shuffled", () => {
  const images = { source: 'digits', limit: null, validation: 0 } as const;
  const augment = { shift: 0, rotate: 0, scale: 0, elastic: { alpha: 0, sigma: 4 } };
  const order = (data: Parameters<typeof epochOrder>[0]['data']) => epochOrder({ seed: 4, data }, 1, 600);
  expect(order({ ...images, augment, order: 'shuffled' })).toEqual(shuffledOrder(4, 1, 600));
  expect(order({ ...images, augment, order: 'blocks' })).toEqual(orderByBlocks(4, 1, 600));
  expect(order({ source: 'table', table: 'xor' })).toEqual(shuffledOrder(4, 1, 600));
});
