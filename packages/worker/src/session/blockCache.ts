/**
 * The data blocks that a worker holds: as many as there is room for, those that were needed last. What is held decides what
 * is fetched and never what comes out. Nobody puts a block in before its hash has been checked.
 */
import { type BlockInfo, decodeSamples, type Samples, SET_NAMES, type SetName } from '@shoal/core';
import type { BlockPlace, SplitManifests } from './events.ts';

const keyOf = ({ set, index }: BlockPlace): string => `${set} ${index}`;

export class BlockCache {
  readonly manifests: SplitManifests;
  #bytesMax = 0;
  /** The one that was needed last comes last. */
  readonly #blocks = new Map<string, { readonly samples: Samples; readonly bytes: number }>();
  /** The first sample of each block. */
  readonly #starts: Readonly<Record<SetName, Uint32Array>>;
  readonly #blocksInAll: number;
  #bytes = 0;

  /** The manifests have been checked. */
  constructor(manifests: SplitManifests, bytesMax: number) {
    this.manifests = manifests;
    this.#bytesMax = bytesMax;
    const startsOf = (set: SetName) => Uint32Array.from(manifests[set].blocks, ({ from }) => from);
    this.#starts = {
      train: startsOf('train'),
      validation: startsOf('validation'),
      test: startsOf('test'),
    };
    this.#blocksInAll = SET_NAMES.reduce((sum, set) => sum + manifests[set].blocks.length, 0);
  }

  /** Every block of every set is here. */
  get isWhole(): boolean {
    return this.#blocks.size === this.#blocksInAll;
  }

  get bytes(): number {
    return this.#bytes;
  }

  info({ set, index }: BlockPlace): BlockInfo {
    const info = this.manifests[set].blocks[index];
    if (info === undefined) throw new RangeError(`The ${set} set has no block ${index}.`);
    return info;
  }

  /** The index of the block that has sample `number` of its set. */
  blockOf(set: SetName, number: number): number {
    const starts = this.#starts[set];
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= number) low = middle;
      else high = middle;
    }
    return low;
  }

  /** The blocks that have these samples, in the order in which they are needed. */
  blocksOf(set: SetName, numbers: Uint32Array): number[] {
    const blocks = new Set<number>();
    for (const number of numbers) blocks.add(this.blockOf(set, number));
    return [...blocks];
  }

  has(place: BlockPlace): boolean {
    return this.#blocks.has(keyOf(place));
  }

  get(place: BlockPlace): Samples | null {
    const key = keyOf(place);
    const block = this.#blocks.get(key);
    if (block === undefined) return null;
    this.#blocks.delete(key);
    this.#blocks.set(key, block);
    return block.samples;
  }

  /** @returns the block's samples, whether or not there was room to keep them */
  put(place: BlockPlace, content: Uint8Array): Samples {
    const { count, byteLength } = this.info(place);
    const samples = decodeSamples(content, count, this.manifests[place.set]);
    if (samples === null) throw new RangeError(`A block of ${byteLength} bytes has ${content.length}.`);
    if (byteLength <= this.#bytesMax && !this.has(place)) {
      this.#blocks.set(keyOf(place), { samples, bytes: byteLength });
      this.#bytes += byteLength;
      this.evictTo(this.#bytesMax);
    }
    return samples;
  }

  get bytesMax(): number {
    return this.#bytesMax;
  }

  set bytesMax(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.evictTo(bytesMax);
  }

  /** Lets go of blocks, those that were needed longest ago first, until no more bytes are held than these. */
  evictTo(bytesMax: number): void {
    for (const [key, { bytes }] of this.#blocks) {
      if (this.#bytes <= bytesMax) return;
      this.#blocks.delete(key);
      this.#bytes -= bytes;
    }
  }
}
