/**
 * Samples as content-addressed blocks, so that a worker can fetch them over HTTP, cache them by their hash and
 * check them. The content of a block of n samples is their inputs, sample after sample, followed by their targets, both
 * of the types that the manifest declares. Its address is the SHA-256 of that content. Blocks follow each other without
 * gap, from sample 0.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import * as v from 'valibot';
import { lengthOf } from '../nn/shapes.ts';
import { bytesOf } from '../protocol/bytes.ts';
import { BlockError } from './blockError.ts';
import type { Samples } from './dataSet.ts';
import { DTYPE_NAMES, newTensor, readTensor, type TensorType, tensorBytes, typeOf } from './tensor.ts';

/** A data set beyond these is refused before anything is allocated for it. */
export const BLOCK_LIMITS = {
  blocksMax: 65_536,
  /** Most samples of one set. */
  samplesMax: 16_777_216,
  /** Most bytes of one block. */
  blockBytesMax: 16_777_216,
  /** Most bytes of all blocks. */
  totalBytesMax: 2_147_483_648,
} as const;

const whole = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));

const AXES_MAX = 8;
/** Most elements of one sample: an RGB image of 1024 × 1024. */
const SAMPLE_ELEMENTS_MAX = 3_145_728;

const extent = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(SAMPLE_ELEMENTS_MAX));

/** Checks a declaration from outside. */
const tensorTypeSchema = v.strictObject({
  dtype: v.picklist(DTYPE_NAMES),
  shape: v.pipe(
    v.array(extent),
    v.maxLength(AXES_MAX),
    v.check((shape) => lengthOf(shape) <= SAMPLE_ELEMENTS_MAX),
    v.readonly(),
  ),
});

/** Field by field; whether the blocks fit each other is for `parseBlocksManifest` to say. */
export const manifestSchema = v.strictObject({
  count: whole(BLOCK_LIMITS.samplesMax),
  inputs: tensorTypeSchema,
  targets: tensorTypeSchema,
  blocks: v.pipe(
    v.array(
      v.strictObject({
        /** Lower-case hex. */
        sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
        /** The first sample's number. */
        from: whole(BLOCK_LIMITS.samplesMax),
        count: v.pipe(whole(BLOCK_LIMITS.samplesMax), v.minValue(1)),
        byteLength: whole(BLOCK_LIMITS.blockBytesMax),
      }),
    ),
    v.maxLength(BLOCK_LIMITS.blocksMax),
  ),
});

export type BlocksManifest = Readonly<v.InferOutput<typeof manifestSchema>>;
export type BlockInfo = BlocksManifest['blocks'][number];

/** What samples are made of, without the samples. */
export type SamplesType = { readonly inputs: TensorType; readonly targets: TensorType };

/** Bytes of one sample, inputs and targets. */
export const sampleBytes = ({ inputs, targets }: SamplesType): number =>
  tensorBytes(inputs) + tensorBytes(targets);

/** The content of a block of these samples, or of those of [from, to): their inputs, then their targets. */
export const encodeSamples = ({ count, inputs, targets }: Samples, from = 0, to = count): Uint8Array => {
  const parts = [inputs, targets].map(({ shape, values }) => {
    const length = lengthOf(shape);
    return bytesOf(values.subarray(from * length, to * length));
  });
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

/** `count` samples from the content of a block; null where it has another length. */
export const decodeSamples = (content: Uint8Array, count: number, type: SamplesType): Samples | null => {
  if (content.length !== count * sampleBytes(type)) return null;
  const border = count * tensorBytes(type.inputs);
  return {
    count,
    inputs: readTensor(type.inputs, content.subarray(0, border), count),
    targets: readTensor(type.targets, content.subarray(border), count),
  };
};

/** Checks a manifest from outside, its blocks' places and lengths included. @throws BlockError */
export const parseBlocksManifest = (input: unknown): BlocksManifest => {
  const result = v.safeParse(manifestSchema, input);
  if (!result.success) {
    const { received } = result.issues[0];
    const at = v.getDotPath(result.issues[0]) ?? '';
    throw new BlockError({ type: 'manifestInvalid', at, value: String(received) });
  }
  const manifest = result.output;
  const bytesEach = sampleBytes(manifest);
  if (manifest.count * bytesEach > BLOCK_LIMITS.totalBytesMax) {
    throw new BlockError({
      type: 'manifestTooLarge',
      bytes: manifest.count * bytesEach,
      bytesMax: BLOCK_LIMITS.totalBytesMax,
    });
  }
  let next = 0;
  manifest.blocks.forEach((block, index) => {
    if (block.from !== next || block.byteLength !== block.count * bytesEach) {
      throw new BlockError({
        type: 'manifestBlockMisfit',
        block: index,
        samples: block.count,
        sampleBytes: bytesEach,
        expectedFrom: next,
        from: block.from,
        bytes: block.byteLength,
      });
    }
    next += block.count;
  });
  if (next !== manifest.count) {
    throw new BlockError({ type: 'manifestCount', promised: manifest.count, held: next });
  }
  return manifest;
};

/** Cuts samples into blocks of at most `blockBytesMax` bytes each (one sample at least). */
export const blocksOf = (
  samples: Samples,
  options: { readonly blockBytesMax: number },
): { manifest: BlocksManifest; block: (index: number) => Uint8Array } => {
  const { count } = samples;
  const type: SamplesType = { inputs: typeOf(samples.inputs), targets: typeOf(samples.targets) };
  const blockBytes = Math.min(options.blockBytesMax, BLOCK_LIMITS.blockBytesMax);
  const perBlock = Math.max(1, Math.floor(blockBytes / sampleBytes(type)));
  const blocks: BlockInfo[] = [];
  for (let from = 0; from < count; from += perBlock) {
    const content = encodeSamples(samples, from, Math.min(from + perBlock, count));
    const block = { from, count: Math.min(perBlock, count - from), byteLength: content.length };
    blocks.push({ sha256: bytesToHex(sha256(content)), ...block });
  }
  return {
    manifest: { count, ...type, blocks },
    block: (index) => {
      const info = blocks[index];
      if (info === undefined) {
        throw new RangeError(`There is no block ${index}: the data set has ${blocks.length}.`);
      }
      return encodeSamples(samples, info.from, info.from + info.count);
    },
  };
};

/** Of a set of which pages show a part. */
const SLICE_BYTES = 1_048_576;

/** The first blocks of a set, a mebibyte of them or the first alone, as a set by themselves: what pages show of training samples. */
export function sliceOf(manifest: BlocksManifest): BlocksManifest {
  const [first, ...others] = manifest.blocks;
  if (first === undefined) return manifest;
  const blocks = [first];
  let { byteLength: bytes, count } = first;
  for (const block of others) {
    bytes += block.byteLength;
    if (bytes > SLICE_BYTES) break;
    blocks.push(block);
    count += block.count;
  }
  return { ...manifest, count, blocks };
}

/** Holds the content of block number `index` against what its manifest says of it. @throws BlockError */
export function checkBlock(index: number, info: BlockInfo, content: unknown): asserts content is Uint8Array {
  if (!(content instanceof Uint8Array) || content.length !== info.byteLength) {
    const came = content instanceof Uint8Array ? content.length : null;
    throw new BlockError({ type: 'blockLength', block: index, bytes: info.byteLength, came });
  }
  const hash = bytesToHex(sha256(content));
  if (hash !== info.sha256) {
    throw new BlockError({ type: 'blockDamaged', block: index, found: hash, expected: info.sha256 });
  }
}

/** Puts blocks, in whatever order they come, back together; nothing is used before its hash has been checked. */
export class BlockAssembler {
  readonly manifest: BlocksManifest;
  readonly samples: Samples;
  readonly #accepted: Uint8Array;
  #missing: number;

  /** @throws BlockError for a malformed manifest */
  constructor(manifest: unknown) {
    const checked = parseBlocksManifest(manifest);
    const { count, inputs, targets } = checked;
    this.manifest = checked;
    this.samples = { count, inputs: newTensor(inputs, count), targets: newTensor(targets, count) };
    this.#accepted = new Uint8Array(checked.blocks.length);
    this.#missing = checked.blocks.length;
  }

  /** All blocks are there, so `samples` may be used. */
  get complete(): boolean {
    return this.#missing === 0;
  }

  has(index: number): boolean {
    return this.#accepted[index] === 1;
  }

  /** Checks one block and copies it to its place; a second copy of one is ignored. @throws BlockError */
  accept(index: number, content: unknown): void {
    const info = this.manifest.blocks[index];
    if (info === undefined) {
      throw new BlockError({ type: 'blockUnknown', block: index, blocks: this.manifest.blocks.length });
    }
    checkBlock(index, info, content);
    if (this.has(index)) return;
    const { inputs, targets } = this.manifest;
    const border = info.count * tensorBytes(inputs);
    bytesOf(this.samples.inputs.values).set(content.subarray(0, border), info.from * tensorBytes(inputs));
    bytesOf(this.samples.targets.values).set(content.subarray(border), info.from * tensorBytes(targets));
    this.#accepted[index] = 1;
    this.#missing -= 1;
  }
}
