/**
 * Where a worker's samples come from: the coordinator's own memory where both see it, else data blocks, fetched as leases
 * need them. Nothing is fetched ahead before an answer of this worker has counted, so that a worker which is of no use costs
 * no more than what it was asked for.
 */
import {
  type DataSplits,
  type LeaseMessage,
  piecesOf,
  type Samples,
  type SetName,
  samplesOfStep,
} from '@shoal/core';
import { BlockCache } from './blockCache.ts';
import { BlockFetches, type BlockSource } from './blockFetches.ts';
import type { BlockPlace, SessionEffect, SessionEvent } from './events.ts';
import { Gathering } from './gathering.ts';
import { sideBySide } from './leaseWork.ts';
import { dataRefusal } from './memory.ts';
import type { RunContext } from './runContext.ts';

/** Beyond the step at hand, of a run in which every worker takes part in every step: places of the coming ones. */
const LOOKAHEAD_SAMPLES = 4_096;

type Held =
  | { readonly type: 'nothing' }
  /** The whole data set, in memory that the coordinator shares; null until it has answered. */
  | { readonly type: 'shared'; readonly splits: DataSplits | null }
  | { readonly type: 'blocks'; readonly cache: BlockCache };

/** The samples of a lease: here, still on their way block by block, or with the data set as a whole. */
export type Supplied =
  | { readonly type: 'here'; readonly source: Samples; readonly rows: Uint32Array }
  | { readonly type: 'gathering'; readonly gathering: Gathering }
  | { readonly type: 'awaited' };

export class SampleSupply {
  readonly #sharesData: boolean;
  readonly #memoryBytesMax: number;
  readonly #emit: (effect: SessionEffect) => void;
  readonly #fetches: BlockFetches;
  #held: Held = { type: 'nothing' };
  #load = 0;
  #source: BlockSource = { address: '', blocksPath: '', token: '' };
  #isJoined = false;
  /** Leases of this run need no values from now on. */
  #isReady = false;
  /** An answer given on this connection has counted. */
  #hasCounted = false;
  /** What comes next has fitted so far. */
  #looksAhead = true;
  /** What will be needed soon, in that order. */
  #ahead: readonly BlockPlace[] = [];
  /** The step that `#ahead` belongs to. */
  #step = -1;

  constructor(options: {
    readonly sharesData: boolean;
    readonly memoryBytesMax: number;
    readonly emit: (effect: SessionEffect) => void;
  }) {
    this.#sharesData = options.sharesData;
    this.#memoryBytesMax = options.memoryBytesMax;
    this.#emit = options.emit;
    this.#fetches = new BlockFetches(options.emit);
  }

  /** Blocks go, as far as they must, so that no more memory is held for them than this. */
  makeRoom(bytes: number): void {
    if (this.#held.type === 'blocks') this.#held.cache.evictTo(Math.max(0, bytes));
  }

  /** A run is joined; `isSameData` as before, so that what is here stays. */
  join(run: RunContext, source: BlockSource, isSameData: boolean): void {
    this.#source = source;
    this.#hasCounted = false;
    this.#looksAhead = true;
    this.#isJoined = true;
    if (!isSameData) this.#open(run);
    // The model may be another, and leave more or less.
    else if (this.#held.type === 'blocks') this.#held.cache.bytesMax = this.#roomBeside(run);
    if (this.#isReady) this.#becomeReady();
  }

  #open(run: RunContext): void {
    this.#isReady = false;
    const { manifests } = run;
    if (this.#sharesData) {
      this.#held = { type: 'shared', splits: null };
      this.#load += 1;
      return this.#emit({ type: 'loadData', load: this.#load, manifests });
    }
    this.#held = { type: 'blocks', cache: new BlockCache(manifests, this.#roomBeside(run)) };
  }

  /** Half of what the model leaves: the rest is for leases. */
  #roomBeside({ modelBytes }: RunContext): number {
    return Math.floor((this.#memoryBytesMax - modelBytes) / 2);
  }

  /** The connection is over: nobody waits for what is on its way. */
  disconnected(): void {
    this.#isJoined = false;
    this.#fetches.stop();
    this.#ahead = [];
    this.#step = -1;
  }

  counted(run: RunContext): void {
    this.#hasCounted = true;
    // A lease of a whole round is long enough to fetch the blocks of the next one meanwhile.
    if (!this.#sharesData && run.shape.acrossEpochs && !this.#isReady) this.#becomeReady();
  }

  /** The coordinator is told at once, or when the run is joined again. */
  #becomeReady(): void {
    this.#isReady = true;
    if (this.#isJoined) this.#emit({ type: 'send', message: { type: 'ready' } });
  }

  /** The samples with these numbers, which lie within the set. */
  ask(set: SetName, numbers: Uint32Array): Supplied {
    const held = this.#held;
    if (held.type === 'blocks') {
      const gathering = new Gathering(held.cache, set, numbers);
      if (!gathering.isComplete) return { type: 'gathering', gathering };
      return { type: 'here', source: gathering.samples, rows: sideBySide(numbers) };
    }
    if (held.type === 'nothing' || held.splits === null) return { type: 'awaited' };
    return { type: 'here', source: held.splits[set], rows: numbers };
  }

  /** @returns whether it is the data set that leases wait for */
  dataLoaded(load: number, splits: DataSplits): boolean {
    if (load !== this.#load || this.#held.type !== 'shared') return false;
    this.#held = { type: 'shared', splits };
    this.#becomeReady();
    return true;
  }

  /** So many bytes of the block have come so far. */
  blockArriving({ round, place, bytes }: Extract<SessionEvent, { readonly type: 'blockArriving' }>): void {
    this.#fetches.arriving(round, place, bytes);
  }

  /** Bytes, unpacked, that have not come of what it is put together from. */
  missingBytes({ set, missing }: Gathering): number {
    const held = this.#held;
    if (held.type !== 'blocks') return 0;
    const bytesOf = (place: BlockPlace): number =>
      held.cache.info(place).byteLength - this.#fetches.bytesOf(place);
    return missing.reduce((sum, index) => sum + bytesOf({ set, index }), 0);
  }

  /** The block's samples; null where nobody has asked for it, or does so no longer. */
  blockFetched(event: Extract<SessionEvent, { readonly type: 'blockFetched' }>): Samples | null {
    const { round, place, content } = event;
    const held = this.#held;
    return held.type === 'blocks' && this.#fetches.arrived(round, place)
      ? held.cache.put(place, content)
      : null;
  }

  /** A step has begun, as a lease of it tells: in such a run the next ones will come to this worker, too. */
  lookAhead({ task, step }: LeaseMessage, run: RunContext): void {
    const held = this.#held;
    if (held.type !== 'blocks' || held.cache.isWhole || !this.#hasCounted || !this.#looksAhead) return;
    if (task !== 'gradient' || run.shape.acrossEpochs || step === this.#step) return;
    this.#step = step;
    const { cache } = held;
    this.#ahead = placesAhead(cache, step, run);
    const bytes = this.#ahead.reduce((sum, place) => sum + cache.info(place).byteLength, 0);
    const refusal = dataRefusal(bytes, cache.bytesMax);
    if (refusal === null) return;
    this.#ahead = [];
    this.#looksAhead = false;
    this.#emit({ type: 'log', level: 'info', fact: refusal });
  }

  /**
   * Asks for what leases wait for, the oldest first, and then for what will be needed. Before an answer has counted there
   * is one lease at a time: nothing is fetched for the next one while the worker `isOccupied` with another, since it may be
   * of no use, and all that it was sent in vain.
   */
  fetch(gatherings: readonly Gathering[], isOccupied: boolean): void {
    const held = this.#held;
    if (held.type !== 'blocks') return;
    const { cache } = held;
    const served = this.#hasCounted ? gatherings : gatherings.slice(0, isOccupied ? 0 : 1);
    const wanted = served.flatMap(({ set, missing }) => missing.map((index) => ({ set, index })));
    this.#fetches.ask([...wanted, ...this.#ahead], cache, this.#source);
    if (this.#isReady || this.#ahead.length === 0) return;
    if (this.#ahead.every((place) => cache.has(place))) this.#becomeReady();
  }
}

/** The blocks of the step and of what comes next, in the order in which they will be needed. */
function placesAhead(cache: BlockCache, step: number, { shape, order }: RunContext): BlockPlace[] {
  const { trainCount, epochs } = shape;
  const [from, to] = samplesOfStep(shape, step);
  const end = Math.min(to + LOOKAHEAD_SAMPLES, trainCount * epochs);
  const blocks = cache.blocksOf('train', order.numbers(piecesOf(shape, [from, end])));
  const places: BlockPlace[] = blocks.map((index) => ({ set: 'train', index }));
  // The epoch ends with an evaluation, and the run with another one.
  const epochEnds = Math.floor(end / trainCount) > Math.floor(from / trainCount);
  const runEnds = end === trainCount * epochs;
  if (epochEnds) places.push(...allOf(cache, 'validation'));
  if (runEnds) places.push(...allOf(cache, 'test'));
  return places;
}

const allOf = (cache: BlockCache, set: SetName): BlockPlace[] =>
  cache.manifests[set].blocks.map((_, index) => ({ set, index }));
