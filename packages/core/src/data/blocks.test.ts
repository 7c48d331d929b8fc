import { describe, expect, it } from 'vitest';
import { BlockError } from './blockError.ts';
import {
  BlockAssembler,
  blocksOf,
  decodeSamples,
  encodeSamples,
  parseBlocksManifest,
  sliceOf,
} from './blocks.ts';
import { classSamples, type Samples } from './dataSet.ts';
import { tableDataSet } from './tables.ts';

const pixels = classSamples(
  { shape: [3], values: Uint8Array.from({ length: 21 }, (_, i) => 10 * i) },
  Uint8Array.from({ length: 7 }, (_, i) => i),
);
const cut = () => blocksOf(pixels, { blockBytesMax: 9 });

describe('blocks of a data set', () => {
  it('hold inputs, then targets, and cover every sample', () => {
    const { manifest, block } = cut();
    expect(manifest.blocks.map(({ from, count, byteLength }) => [from, count, byteLength])).toEqual([
      [0, 2, 8],
      [2, 2, 8],
      [4, 2, 8],
      [6, 1, 4],
    ]);
    expect([...block(3)]).toEqual([180, 190, 200, 6]);
    // SHA-256 of the four bytes b4 be c8 06, by coreutils' sha256sum.
    expect(manifest.blocks[3]!.sha256).toBe(
      '533bb3b6b95d07e409637c649f7799542846b0dc0fc3ecb01ae63596c3fa59dc',
    );
  });

  it('come back together as they were, bytes and floats', () => {
    for (const samples of [pixels, tableDataSet('and').train]) {
      const { manifest, block } = blocksOf(samples, { blockBytesMax: 9 });
      const assembler = new BlockAssembler(JSON.parse(JSON.stringify(manifest)));
      for (const index of manifest.blocks.keys()) assembler.accept(index, block(index));
      expect(assembler.samples).toEqual(samples);
    }
  });

  it('carry targets of any type and shape, as a manifest declares them', () => {
    const regression: Samples = {
      count: 3,
      inputs: { shape: [2], values: Uint8Array.of(1, 2, 3, 4, 5, 6) },
      targets: { shape: [2], values: Float32Array.of(0.5, -1, 1.5, -2, 2.5, -3) },
    };
    const { manifest, block } = blocksOf(regression, { blockBytesMax: 20 });
    expect(manifest).toMatchObject({
      inputs: { dtype: 'u8', shape: [2] },
      targets: { dtype: 'f32', shape: [2] },
      blocks: [{ byteLength: 20 }, { byteLength: 10 }],
    });
    const assembler = new BlockAssembler(manifest);
    for (const index of manifest.blocks.keys()) assembler.accept(index, block(index));
    expect(assembler.samples).toEqual(regression);
    const content = encodeSamples(regression);
    // From an odd place, as in a frame.
    const frame = new Uint8Array(content.length + 1);
    frame.set(content, 1);
    expect(decodeSamples(frame.subarray(1), 3, manifest)).toEqual(regression);
    expect(decodeSamples(content, 2, manifest)).toBeNull();
  });

  it('may come in any order and twice', () => {
    const { manifest, block } = cut();
    const assembler = new BlockAssembler(manifest);
    for (const index of [3, 1, 1, 0]) assembler.accept(index, block(index));
    expect(assembler.complete).toBe(false);
    expect([0, 1, 2, 3].map((index) => assembler.has(index))).toEqual([true, true, false, true]);
    assembler.accept(2, block(2));
    expect(assembler.complete).toBe(true);
    expect(assembler.samples).toEqual(pixels);
  });

  it('are refused when damaged, cut or no bytes at all', () => {
    const { manifest, block } = cut();
    const assembler = new BlockAssembler(manifest);
    const damaged = block(1);
    damaged[2]! ^= 1;
    expect(() => assembler.accept(1, damaged)).toThrow(/^Block 1 of the data set is damaged/);
    expect(() => assembler.accept(1, block(1).subarray(1))).toThrow(/should be 8 bytes, but 7 bytes came/);
    expect(() => assembler.accept(1, 'bytes')).toThrow(/something else came/);
    expect(() => assembler.accept(4, block(1))).toThrow(/^There is no block 4/);
    expect(assembler.has(1)).toBe(false);
  });

  const { manifest } = cut();
  const first = manifest.blocks[0]!;
  it.each([
    ['null', null],
    ['without blocks', { ...manifest, blocks: [] }],
    ['with an unknown field', { ...manifest, extra: 1 }],
    ['with inputs of another type', { ...manifest, inputs: { dtype: 'f64', shape: [3] } }],
    ['with targets of no extent', { ...manifest, targets: { dtype: 'u8', shape: [0] } }],
    ['with too many axes', { ...manifest, targets: { dtype: 'u8', shape: Array(9).fill(1) } }],
    ['with giant samples', { ...manifest, inputs: { dtype: 'u8', shape: [65_536, 65_536] } }],
    ['with a gap', { ...manifest, blocks: manifest.blocks.slice(1) }],
    [
      'with a wrong length',
      { ...manifest, blocks: [{ ...first, byteLength: 9 }, ...manifest.blocks.slice(1)] },
    ],
    [
      'with a wrong hash text',
      { ...manifest, blocks: [{ ...first, sha256: 'x' }, ...manifest.blocks.slice(1)] },
    ],
    ['that is too large', { ...manifest, count: 16_000_000, inputs: { dtype: 'u8', shape: [3_000_000] } }],
    ['with half a sample', { ...manifest, count: 6.5 }],
  ])('a manifest %s is refused', (_, input) => {
    expect(() => parseBlocksManifest(input)).toThrow(BlockError);
  });
});

it('a slice of a set is its first blocks, a mebibyte of them or the first alone', () => {
  const setOf = (sizes: readonly number[]) => ({
    count: sizes.length,
    inputs: { dtype: 'u8', shape: [1] } as const,
    targets: { dtype: 'u8', shape: [] } as const,
    blocks: sizes.map((byteLength, from) => ({ sha256: String(from), from, count: 1, byteLength })),
  });
  const half = 524_288;
  expect(sliceOf(setOf([half, half, 1])).blocks).toHaveLength(2);
  expect(sliceOf(setOf([half, half, 1])).count).toBe(2);
  expect(sliceOf(setOf([3 * half, 1])).blocks).toHaveLength(1);
  expect(sliceOf(setOf([]))).toEqual(setOf([]));
});
