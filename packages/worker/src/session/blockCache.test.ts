import { expect, test } from 'vitest';
import { tinyBlocks, tinyData, tinyWelcome } from '../tinyRun.suite.ts';
import { BlockCache } from './blockCache.ts';
import type { BlockPlace } from './events.ts';

const { data } = tinyWelcome;
const contentOf = ({ set, index }: BlockPlace): Uint8Array =>
  tinyBlocks.get(data[set].blocks[index]!.sha256)!;
const train = (index: number): BlockPlace => ({ set: 'train', index });
const ALL: readonly BlockPlace[] = [
  ...[0, 1, 2].map(train),
  { set: 'validation', index: 0 },
  { set: 'test', index: 0 },
];

test('a sample lies in the block that has its number', () => {
  const cache = new BlockCache(data, 0);
  for (const set of ['train', 'validation', 'test'] as const) {
    for (let number = 0; number < data[set].count; number += 1) {
      const { from, count } = cache.info({ set, index: cache.blockOf(set, number) });
      expect(number).toBeGreaterThanOrEqual(from);
      expect(number).toBeLessThan(from + count);
    }
  }
  expect(cache.blocksOf('train', Uint32Array.of(39, 0, 28, 1))).toEqual([2, 0]);
});

test('what was needed last stays, within the room that there is', () => {
  const [first, second, third] = [0, 1, 2].map(train) as [BlockPlace, BlockPlace, BlockPlace];
  const cache = new BlockCache(data, 2 * 98);
  for (const place of [first, second]) cache.put(place, contentOf(place));
  expect(cache.get(first)?.count).toBe(14);
  cache.put(third, contentOf(third));
  expect([first, second, third].map((place) => cache.has(place))).toEqual([true, false, true]);
  expect(cache.get(second)).toBeNull();
  expect(cache.bytes).toBe(98 + 84);
});

test('a block for which there is no room is read and not kept', () => {
  const cache = new BlockCache(data, 97);
  const samples = cache.put(train(1), contentOf(train(1)));
  expect(samples.inputs.values).toEqual(tinyData.train.inputs.values.subarray(14 * 6, 28 * 6));
  expect(cache.has(train(1))).toBe(false);
  expect(cache.bytes).toBe(0);
});

test('it is whole once every block of every set is in it', () => {
  const cache = new BlockCache(data, 10_000);
  for (const place of ALL) {
    expect(cache.isWhole).toBe(false);
    cache.put(place, contentOf(place));
    // A second copy of one changes nothing.
    cache.put(place, contentOf(place));
  }
  expect(cache.isWhole).toBe(true);
  expect(cache.bytes).toBe((40 + 8 + 9) * 7);
});

test('it lets go of blocks where less room is left', () => {
  const cache = new BlockCache(data, 10_000);
  for (const place of ALL) cache.put(place, contentOf(place));
  cache.evictTo(200);
  // The last two: of 56 and 63 bytes, and the block of 84 before them would be too much.
  expect(ALL.filter((place) => cache.has(place))).toEqual(ALL.slice(3));
  cache.bytesMax = 60;
  expect(cache.bytes).toBe(0);
});
