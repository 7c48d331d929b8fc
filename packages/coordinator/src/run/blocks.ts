/** The data set as content-addressed blocks, for workers to fetch over HTTP. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { blocksOf, type DataSplits, type Welcome } from '@shoal/core';

export const BLOCKS_PATH = '/blocks/';

const BLOCK_BYTES_MAX = 1024 * 1024;
/** Packed blocks are kept as long as there is room; what comes later goes as it is. */
const PACKED_BYTES_MAX = 256 * 1024 * 1024;
/** What does not get smaller than this part of itself is not worth unpacking. */
const WORTH_PACKING = 0.9;

/** `packed` is compressed with gzip. */
export type BlockContent = { readonly bytes: Uint8Array; readonly packed: boolean };

const pack = promisify(gzip);

export class DataBlocks {
  readonly manifests: Welcome['data'];
  readonly #blocks = new Map<string, () => Uint8Array>();
  /** Each block is packed once, by whoever asks first; null where it stays as it is. */
  readonly #packed = new Map<string, Promise<Uint8Array | null>>();
  #packedBytes = 0;
  readonly #packedBytesMax: number;

  constructor(data: DataSplits, packedBytesMax = PACKED_BYTES_MAX) {
    this.#packedBytesMax = packedBytesMax;
    const manifestOf = (set: keyof DataSplits): Welcome['data']['train'] => {
      const { manifest, block } = blocksOf(data[set], { blockBytesMax: BLOCK_BYTES_MAX });
      manifest.blocks.forEach((info, index) => {
        this.#blocks.set(info.sha256, () => block(index));
      });
      return { ...manifest, blocks: [...manifest.blocks] };
    };
    this.manifests = {
      train: manifestOf('train'),
      validation: manifestOf('validation'),
      test: manifestOf('test'),
    };
  }

  /** Whether a page shows samples of this block: those of the test set, and the first of the training set. */
  isShown(sha256: string): boolean {
    const { train, test } = this.manifests;
    return train.blocks[0]?.sha256 === sha256 || test.blocks.some((block) => block.sha256 === sha256);
  }

  /** Null when the data set has no such block. `mayPack`: whoever asks can unpack it. */
  async get(sha256: string, mayPack: boolean): Promise<BlockContent | null> {
    const make = this.#blocks.get(sha256);
    if (make === undefined) return null;
    const packed = mayPack ? await this.#pack(sha256, make) : null;
    return packed === null ? { bytes: make(), packed: false } : { bytes: packed, packed: true };
  }

  #pack(sha256: string, make: () => Uint8Array): Promise<Uint8Array | null> {
    const known = this.#packed.get(sha256);
    if (known !== undefined) return known;
    const packing = this.#packNow(make());
    this.#packed.set(sha256, packing);
    return packing;
  }

  async #packNow(bytes: Uint8Array): Promise<Uint8Array | null> {
    if (this.#packedBytes >= this.#packedBytesMax) return null;
    const packed = await pack(bytes);
    if (packed.length > bytes.length * WORTH_PACKING) return null;
    if (this.#packedBytes + packed.length > this.#packedBytesMax) return null;
    this.#packedBytes += packed.length;
    return packed;
  }
}
