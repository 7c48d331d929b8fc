/** The data set as content-addressed blocks, for workers to fetch over HTTP. */
import { blocksOf, type DataSplits, type Welcome } from '@shoal/core';

export const BLOCKS_PATH = '/blocks/';

const BLOCK_BYTES_MAX = 1024 * 1024;

export class DataBlocks {
  readonly manifests: Welcome['data'];
  readonly #blocks = new Map<string, () => Uint8Array>();

  constructor(data: DataSplits) {
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

  has(sha256: string): boolean {
    return this.#blocks.has(sha256);
  }

  /** @throws RangeError when the data set has no such block */
  get(sha256: string): Uint8Array<ArrayBuffer> {
    const block = this.#blocks.get(sha256);
    if (block === undefined) throw new RangeError('The data set has no such block.');
    return block() as Uint8Array<ArrayBuffer>;
  }
}
