import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Purpose, RandomStream } from '../random/threefry.ts';
import { epochOrder } from './order.ts';

describe('the order of an epoch', () => {
  it('visits every sample exactly once', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(1000), fc.nat(300), (seed, epoch, count) => {
        const order = epochOrder(seed, epoch, count);
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
    expect([...epochOrder(9, 2, 5)]).toEqual(expected);
  });

  it('depends on the seed and on the epoch', () => {
    const first = epochOrder(1, 0, 100);
    expect(epochOrder(1, 0, 100)).toEqual(first);
    expect(epochOrder(2, 0, 100)).not.toEqual(first);
    expect(epochOrder(1, 1, 100)).not.toEqual(first);
  });

  it('puts each sample first equally often', () => {
    const firsts = new Uint32Array(5);
    for (let epoch = 0; epoch < 5000; epoch += 1) firsts[epochOrder(3, epoch, 5)[0]!]! += 1;
    // Binomial with mean 1000 and standard deviation 28: five of them never in a deterministic test.
    for (const times of firsts) expect(Math.abs(times - 1000)).toBeLessThan(140);
  });
});
