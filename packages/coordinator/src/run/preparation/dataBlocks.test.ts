import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { classSamples, type Samples } from '@shoal/core';
import { expect, test } from 'vitest';
import { DataBlocks, samplesPerBlock } from './dataBlocks.ts';

const SAMPLE_LENGTH = 1_024;

/** Half a mebibyte of mostly empty pictures, or of noise. */
function samples(kind: 'pictures' | 'noise', salt: number): Samples {
  let state = salt;
  const values = Uint8Array.from({ length: 512 * SAMPLE_LENGTH }, (_, i) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    if (kind === 'noise') return state >>> 24;
    return i % 16 === 0 ? state >>> 24 : 0;
  });
  return classSamples({ shape: [SAMPLE_LENGTH], values }, new Uint8Array(512));
}

const EMPTY = classSamples({ shape: [SAMPLE_LENGTH], values: new Uint8Array(0) }, new Uint8Array(0));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('a block is packed once for all who can unpack it, and comes out as it was', async () => {
  const blocks = new DataBlocks({ train: samples('pictures', 1), validation: EMPTY, test: EMPTY });
  const [info] = blocks.manifests.train.blocks;
  const [first, second] = await Promise.all([blocks.packed(info!.sha256), blocks.packed(info!.sha256)]);
  expect(first).toBe(second);
  expect(first!.length).toBeLessThan(info!.byteLength / 4);
  const content = gunzipSync(first!);
  expect(content.length).toBe(info!.byteLength);
  expect(sha256(content)).toBe(info!.sha256);
  expect(sha256(blocks.get(info!.sha256))).toBe(info!.sha256);
});

test('what does not get smaller stays as it is, and so does what there is no room to keep', async () => {
  const noise = new DataBlocks({ train: samples('noise', 1), validation: EMPTY, test: EMPTY });
  const [block] = noise.manifests.train.blocks;
  expect(await noise.packed(block!.sha256)).toBeNull();

  const data = {
    train: samples('pictures', 1),
    validation: samples('pictures', 2),
    test: samples('pictures', 3),
  };
  const all = new DataBlocks(data);
  const { train, validation, test: last } = all.manifests;
  const hashes = [train, validation, last].map((manifest) => manifest.blocks[0]!.sha256);
  const one = (await all.packed(hashes[0]!))!.length;
  const roomForOne = new DataBlocks(data, 1.5 * one);
  const packed = [];
  for (const hash of [...hashes, ...hashes]) packed.push((await roomForOne.packed(hash)) !== null);
  expect(packed).toEqual([true, false, false, true, false, false]);
});

test('a block that is none of the data set is not there', () => {
  const blocks = new DataBlocks({ train: samples('pictures', 1), validation: EMPTY, test: EMPTY });
  expect(blocks.has('0'.repeat(64))).toBe(false);
  expect(() => blocks.get('0'.repeat(64))).toThrow('no such block');
});

test('a block has the samples that an order by blocks keeps together, several times as many small ones, a part of large ones', () => {
  // MNIST: 28 × 28 bytes and a class.
  expect(samplesPerBlock(785)).toBe(256);
  expect(samplesPerBlock(5)).toBe(16_384);
  expect(samplesPerBlock(64 * 1024 + 1)).toBe(8);
  expect(samplesPerBlock(3_145_729)).toBe(1);
});

test('what it takes to fetch samples is reckoned by the blocks that they lie in, packed', async () => {
  const blocks = new DataBlocks({ train: samples('pictures', 1), validation: EMPTY, test: EMPTY });
  const { blocks: infos } = blocks.manifests.train;
  expect(infos.map(({ count }) => count)).toEqual([256, 256]);
  const packed = (await blocks.packed(infos[0]!.sha256))!.length;
  expect(blocks.bytesFor('train', Uint32Array.of(1, 255, 0))).toBeCloseTo(packed, 0);
  expect(blocks.bytesFor('train', Uint32Array.of(1, 256))).toBeCloseTo(2 * packed, 0);
  const noise = new DataBlocks({ train: samples('noise', 1), validation: EMPTY, test: EMPTY });
  expect(noise.bytesFor('train', Uint32Array.of(3))).toBe(256 * (SAMPLE_LENGTH + 1));
});
