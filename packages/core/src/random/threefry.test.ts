import { describe, expect, it } from 'vitest';
import { type Key, RandomStream, threefry } from './threefry.ts';

const hex = (key: Key, counter: [number, number, number, number]): string[] => {
  const out = new Uint32Array(4);
  threefry(key, ...counter, out);
  return [...out].map((word) => word.toString(16).padStart(8, '0'));
};

describe('threefry4x32-20', () => {
  // Expected words: the known-answer file of the authors' Random123 library.
  it('gives the known answers', () => {
    expect(hex([0, 0, 0, 0], [0, 0, 0, 0])).toEqual(['9c6ca96a', 'e17eae66', 'fc10ecd4', '5256a7d8']);
    const ones = 0xffffffff;
    expect(hex([ones, ones, ones, ones], [ones, ones, ones, ones])).toEqual([
      '2a881696',
      '57012287',
      'f6c7446e',
      'a16a6732',
    ]);
    expect(
      hex([0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89], [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]),
    ).toEqual(['59cd1dbb', 'b8879579', '86b5d00c', 'ac8b6d84']);
  });

  it('reads the same word whatever was read before', () => {
    const forward = new RandomStream([1, 2, 3, 4], 5);
    const words = Array.from({ length: 9 }, (_, i) => forward.word(i));
    const back = new RandomStream([1, 2, 3, 4], 5);
    expect(Array.from({ length: 9 }, (_, i) => back.word(8 - i)).reverse()).toEqual(words);
  });

  it('spreads uniform numbers and bounded integers evenly', () => {
    const stream = new RandomStream([7, 1, 0, 0], 0);
    const counts = new Array(10).fill(0);
    let sum = 0;
    for (let i = 0; i < 20000; i += 1) {
      sum += stream.uniform(i);
      counts[stream.integer(i, 10)] += 1;
    }
    expect(sum / 20000).toBeCloseTo(0.5, 2);
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
});
