/** The data blocks that a gateway has fetched for those below it: each once, as many as there is room for. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type BlockInfo, encodeSamples, type Samples, SET_NAMES } from '@shoal/core';
import { BlockCache, type BlockPlace, type SplitManifests } from '@shoal/worker';

const pack = promisify(gzip);
/** What does not get smaller than this part of itself is not worth unpacking. */
const WORTH_PACKING = 0.9;

/** Brings a block from above, however long that takes, and checks it. */
export type BringBlock = (place: BlockPlace, block: BlockInfo) => Promise<Uint8Array>;

export type ServedBlock = { readonly bytes: Uint8Array<ArrayBuffer>; readonly packed: boolean };

export class KeptBlocks {
  readonly cache: BlockCache;
  readonly #bring: BringBlock;
  readonly #places = new Map<string, BlockPlace>();
  /** On their way, so that each is asked for once. */
  readonly #coming = new Map<string, Promise<Samples>>();
  readonly #packed = new Map<string, Promise<ServedBlock>>();

  constructor(manifests: SplitManifests, bytesMax: number, bring: BringBlock) {
    this.cache = new BlockCache(manifests, bytesMax);
    this.#bring = bring;
    for (const set of SET_NAMES) {
      manifests[set].blocks.forEach(({ sha256 }, index) => {
        this.#places.set(sha256, { set, index });
      });
    }
  }

  async samples(place: BlockPlace): Promise<Samples> {
    const known = this.cache.get(place);
    if (known !== null) return known;
    const block = this.cache.info(place);
    const coming = this.#coming.get(block.sha256);
    if (coming !== undefined) return coming;
    const brought = this.#bring(place, block).then((content) => this.cache.put(place, content));
    this.#coming.set(block.sha256, brought);
    brought.finally(() => this.#coming.delete(block.sha256)).catch(() => {});
    return brought;
  }

  /** As it is handed out; null where the data set has no such block. `mayPack`: with gzip. */
  async serve(sha256: string, mayPack: boolean): Promise<ServedBlock | null> {
    const place = this.#places.get(sha256);
    if (place === undefined) return null;
    if (!mayPack) return { bytes: await this.#content(place), packed: false };
    const known = this.#packed.get(sha256);
    if (known !== undefined) return known;
    const packing = this.#pack(place);
    this.#packed.set(sha256, packing);
    packing.catch(() => this.#packed.delete(sha256));
    // No more packed ones than blocks would fit.
    const [oldest] = this.#packed.keys();
    if (this.#packed.size > PACKED_MAX && oldest !== undefined) this.#packed.delete(oldest);
    return packing;
  }

  async #content(place: BlockPlace): Promise<Uint8Array<ArrayBuffer>> {
    return encodeSamples(await this.samples(place)) as Uint8Array<ArrayBuffer>;
  }

  async #pack(place: BlockPlace): Promise<ServedBlock> {
    const bytes = await this.#content(place);
    const packed = new Uint8Array(await pack(bytes));
    return packed.length <= bytes.length * WORTH_PACKING
      ? { bytes: packed, packed: true }
      : { bytes, packed: false };
  }
}

/** Packed blocks that are kept; of the usual size, 256 MiB at most. */
const PACKED_MAX = 1_024;
