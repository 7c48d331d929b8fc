/**
 * Samples as content-addressed blocks, so that a worker can fetch them over HTTP, cache them by their hash and
 * check them. The content of a block of n samples is their values, sample after sample (one byte each for `uint8`,
 * little-endian float32 for `float32`: n · sampleLength elements), followed by their n labels, one byte each.
 * Its address is the SHA-256 of that content. Blocks follow each other without gap, from sample 0.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import * as v from 'valibot';
import { BlockError } from './blockError.ts';
import type { Samples } from './dataSet.ts';

/** A data set beyond these is refused before anything is allocated for it. */
export const BLOCK_LIMITS = {
  blocksMax: 65_536,
  /** Most samples of one set. */
  samplesMax: 16_777_216,
  /** Most elements of one sample: an RGB image of 1024 × 1024. */
  sampleLengthMax: 3_145_728,
  /** Most bytes of one block. */
  blockBytesMax: 16_777_216,
  /** Most bytes of all blocks. */
  totalBytesMax: 2_147_483_648,
} as const;

const whole = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));

const ManifestSchema = v.strictObject({
  count: whole(BLOCK_LIMITS.samplesMax),
  sampleLength: v.pipe(whole(BLOCK_LIMITS.sampleLengthMax), v.minValue(1)),
  valueType: v.picklist(['uint8', 'float32']),
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

export type BlocksManifest = Readonly<v.InferOutput<typeof ManifestSchema>>;
export type BlockInfo = BlocksManifest['blocks'][number];

const bytesPerElement = (valueType: BlocksManifest['valueType']): number => (valueType === 'uint8' ? 1 : 4);

/** The content of a block: values, then labels, of samples [from, from + count). */
export const encodeSamples = (samples: Samples, from: number, count: number): Uint8Array => {
  const { sampleLength, values, labels } = samples;
  const chosen = values.subarray(from * sampleLength, (from + count) * sampleLength);
  const bytes = new Uint8Array(chosen.length * chosen.BYTES_PER_ELEMENT + count);
  if (chosen instanceof Uint8Array) {
    bytes.set(chosen);
  } else {
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < chosen.length; i += 1) view.setFloat32(4 * i, chosen[i] as number, true);
  }
  bytes.set(labels.subarray(from, from + count), bytes.length - count);
  return bytes;
};

/** Checks a manifest from outside, its blocks' places and lengths included. @throws BlockError */
export const parseBlocksManifest = (input: unknown): BlocksManifest => {
  const result = v.safeParse(ManifestSchema, input);
  if (!result.success) {
    const { received } = result.issues[0];
    const at = v.getDotPath(result.issues[0]) ?? '';
    throw new BlockError({ type: 'manifestInvalid', at, value: String(received) });
  }
  const manifest = result.output;
  const sampleBytes = manifest.sampleLength * bytesPerElement(manifest.valueType) + 1;
  if (manifest.count * sampleBytes > BLOCK_LIMITS.totalBytesMax) {
    throw new BlockError({
      type: 'manifestTooLarge',
      bytes: manifest.count * sampleBytes,
      bytesMax: BLOCK_LIMITS.totalBytesMax,
    });
  }
  let next = 0;
  manifest.blocks.forEach((block, index) => {
    if (block.from !== next || block.byteLength !== block.count * sampleBytes) {
      throw new BlockError({
        type: 'manifestBlockMisfit',
        block: index,
        samples: block.count,
        sampleBytes,
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
  const { count, sampleLength, values } = samples;
  const sampleBytes = sampleLength * values.BYTES_PER_ELEMENT + 1;
  const blockBytes = Math.min(options.blockBytesMax, BLOCK_LIMITS.blockBytesMax);
  const perBlock = Math.max(1, Math.floor(blockBytes / sampleBytes));
  const blocks: BlockInfo[] = [];
  for (let from = 0; from < count; from += perBlock) {
    const content = encodeSamples(samples, from, Math.min(perBlock, count - from));
    const block = { from, count: Math.min(perBlock, count - from), byteLength: content.length };
    blocks.push({ sha256: bytesToHex(sha256(content)), ...block });
  }
  const valueType = values instanceof Uint8Array ? 'uint8' : 'float32';
  return {
    manifest: { count, sampleLength, valueType, blocks },
    block: (index) => {
      const info = blocks[index];
      if (info === undefined) {
        throw new RangeError(`There is no block ${index}: the data set has ${blocks.length}.`);
      }
      return encodeSamples(samples, info.from, info.count);
    },
  };
};

/** Puts blocks, in whatever order they come, back together; nothing is used before its hash has been checked. */
export class BlockAssembler {
  readonly manifest: BlocksManifest;
  readonly samples: Samples;
  readonly #accepted: Uint8Array;
  #missing: number;

  /** @throws BlockError for a malformed manifest */
  constructor(manifest: unknown) {
    const checked = parseBlocksManifest(manifest);
    const { count, sampleLength, valueType } = checked;
    const length = count * sampleLength;
    this.manifest = checked;
    this.samples = {
      count,
      sampleLength,
      values: valueType === 'uint8' ? new Uint8Array(length) : new Float32Array(length),
      labels: new Uint8Array(count),
    };
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
    if (!(content instanceof Uint8Array) || content.length !== info.byteLength) {
      const came = content instanceof Uint8Array ? content.length : null;
      throw new BlockError({ type: 'blockLength', block: index, bytes: info.byteLength, came });
    }
    const hash = bytesToHex(sha256(content));
    if (hash !== info.sha256) {
      throw new BlockError({ type: 'blockDamaged', block: index, found: hash, expected: info.sha256 });
    }
    if (this.has(index)) return;
    const { sampleLength, values, labels } = this.samples;
    const first = info.from * sampleLength;
    const elements = info.count * sampleLength;
    if (values instanceof Uint8Array) {
      values.set(content.subarray(0, elements), first);
    } else {
      const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
      for (let i = 0; i < elements; i += 1) values[first + i] = view.getFloat32(4 * i, true);
    }
    labels.set(content.subarray(content.length - info.count), info.from);
    this.#accepted[index] = 1;
    this.#missing -= 1;
  }
}
