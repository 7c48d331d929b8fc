/** The data set as content-addressed blocks, for workers to fetch over HTTP. */
import { promisify } from 'node:util';
import { gzip, gzipSync } from 'node:zlib';
import {
  blocksOf,
  type DataSplits,
  ORDER_BLOCK_SAMPLES,
  type SetName,
  sampleBytes,
  sliceOf,
  typeOf,
  type Welcome,
} from '@shoal/core';

export const BLOCKS_PATH = '/blocks/';

/** Of one block; small samples lie together in larger blocks, so that a request is worth its while. */
const BLOCK_BYTES_MIN = 64 * 1024;
const BLOCK_BYTES_MAX = 1024 * 1024;
/** Packed blocks are kept as long as there is room; what comes later goes as it is. */
const PACKED_BYTES_MAX = 256 * 1024 * 1024;
/** What does not get smaller than this part of itself is not worth unpacking. */
const WORTH_PACKING = 0.9;

const pack = promisify(gzip);

const blockBytesOf = ({ inputs, targets }: DataSplits['train']): number => {
  const bytesOfSample = sampleBytes({ inputs: typeOf(inputs), targets: typeOf(targets) });
  return samplesPerBlock(bytesOfSample) * bytesOfSample;
};

/**
 * Samples of a block: those that an order by blocks keeps together, so that a worker fetches nothing beside what it
 * computes with. Small ones are in blocks of several times as many, large ones in blocks of a part of them.
 */
export function samplesPerBlock(bytesOfSample: number): number {
  let samples = ORDER_BLOCK_SAMPLES;
  while (samples * bytesOfSample < BLOCK_BYTES_MIN) samples *= 2;
  while (samples > 1 && samples * bytesOfSample > BLOCK_BYTES_MAX) samples /= 2;
  return samples;
}

export class DataBlocks {
  readonly manifests: Welcome['data'];
  readonly #blocks = new Map<
    string,
    { readonly length: number; readonly make: () => Uint8Array<ArrayBuffer> }
  >();
  /** Each block is packed once, by whoever asks first; null where it stays as it is. */
  readonly #packed = new Map<string, Promise<Uint8Array<ArrayBuffer> | null>>();
  #packedBytes = 0;
  /** What workers have been sent of them, as it travelled. */
  bytesFetched = 0;
  readonly #packedBytesMax: number;
  /** What is left of a block by packing, as the first of the training set tells; null before anybody has asked. */
  #packedPart: number | null = null;

  constructor(data: DataSplits, packedBytesMax = PACKED_BYTES_MAX) {
    this.#packedBytesMax = packedBytesMax;
    const manifestOf = (set: keyof DataSplits): Welcome['data']['train'] => {
      const { manifest, block } = blocksOf(data[set], { blockBytesMax: blockBytesOf(data[set]) });
      manifest.blocks.forEach((info, index) => {
        const make = () => block(index) as Uint8Array<ArrayBuffer>;
        this.#blocks.set(info.sha256, { length: info.byteLength, make });
      });
      return { ...manifest, blocks: [...manifest.blocks] };
    };
    this.manifests = {
      train: manifestOf('train'),
      validation: manifestOf('validation'),
      test: manifestOf('test'),
    };
  }

  /** About what it takes to fetch the blocks in which these samples lie. */
  bytesFor(set: SetName, numbers: Uint32Array): number {
    const { blocks } = this.manifests[set];
    const perBlock = blocks[0]?.count ?? 1;
    const touched = new Set<number>();
    for (const number of numbers) touched.add(Math.floor(number / perBlock));
    let bytes = 0;
    for (const index of touched) bytes += blocks[index]?.byteLength ?? 0;
    return bytes * this.#packs();
  }

  #packs(): number {
    if (this.#packedPart === null) {
      const first = this.manifests.train.blocks[0];
      const part = first === undefined ? 1 : gzipSync(this.get(first.sha256)).length / first.byteLength;
      this.#packedPart = part > WORTH_PACKING ? 1 : part;
    }
    return this.#packedPart;
  }

  /** Whether a page shows samples of this block: those of the test set, and a slice of the training set. */
  isShown(sha256: string): boolean {
    const { train, test } = this.manifests;
    return [...sliceOf(train).blocks, ...test.blocks].some((block) => block.sha256 === sha256);
  }

  has(sha256: string): boolean {
    return this.#blocks.has(sha256);
  }

  /** @throws RangeError when the data set has no such block */
  get(sha256: string): Uint8Array<ArrayBuffer> {
    return this.#known(sha256).make();
  }

  /** Bytes of the block as it is. @throws RangeError when the data set has no such block */
  lengthOf(sha256: string): number {
    return this.#known(sha256).length;
  }

  /** The block as gzip; null where it goes as it is. @throws RangeError when the data set has no such block */
  packed(sha256: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const known = this.#packed.get(sha256);
    if (known !== undefined) return known;
    const packing = this.#packNow(this.#known(sha256).make);
    this.#packed.set(sha256, packing);
    return packing;
  }

  #known(sha256: string) {
    const block = this.#blocks.get(sha256);
    if (block === undefined) throw new RangeError('The data set has no such block.');
    return block;
  }

  async #packNow(make: () => Uint8Array): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.#packedBytes >= this.#packedBytesMax) return null;
    const bytes = make();
    const packed = new Uint8Array(await pack(bytes));
    if (packed.length > bytes.length * WORTH_PACKING) return null;
    if (this.#packedBytes + packed.length > this.#packedBytesMax) return null;
    this.#packedBytes += packed.length;
    return packed;
  }
}
