/** Which blocks are asked for: what leases wait for first, then what will be needed soon, a few at a time. */
import type { BlockCache } from './blockCache.ts';
import type { BlockPlace, SessionEffect } from './events.ts';

/** Of one worker, on their way at the same time: as many connections as a browser opens to one server. */
const FETCHES_MAX = 6;

const keyOf = ({ set, index }: BlockPlace): string => `${set} ${index}`;

/** Where the blocks are, and the bearer for them. */
export type BlockSource = {
  /** Of the coordinator, with the base path if there is one. */
  readonly address: string;
  readonly blocksPath: string;
  readonly token: string;
};

export class BlockFetches {
  readonly #emit: (effect: SessionEffect) => void;
  /** By block: the bytes of it that have come so far. */
  readonly #onTheWay = new Map<string, number>();
  /** What was on its way before belongs to an earlier round. */
  #round = 1;

  constructor(emit: (effect: SessionEffect) => void) {
    this.#emit = emit;
  }

  /** Asks for those of the wanted blocks, the first first, that are neither here nor on their way, while few are. */
  ask(wanted: Iterable<BlockPlace>, cache: BlockCache, source: BlockSource): void {
    for (const place of wanted) {
      if (this.#onTheWay.size >= FETCHES_MAX) return;
      const key = keyOf(place);
      if (this.#onTheWay.has(key) || cache.has(place)) continue;
      this.#onTheWay.set(key, 0);
      this.#emit({ type: 'fetchBlock', round: this.#round, place, block: cache.info(place), ...source });
    }
  }

  /** So much of it has come. */
  arriving(round: number, place: BlockPlace, bytes: number): void {
    const key = keyOf(place);
    if (round === this.#round && this.#onTheWay.has(key)) this.#onTheWay.set(key, bytes);
  }

  /** Bytes of a block that is on its way that have come; 0 of any other. */
  bytesOf(place: BlockPlace): number {
    return this.#onTheWay.get(keyOf(place)) ?? 0;
  }

  /** @returns whether it was asked for */
  arrived(round: number, place: BlockPlace): boolean {
    return round === this.#round && this.#onTheWay.delete(keyOf(place));
  }

  /** Nothing that is on its way is wanted any more. */
  stop(): void {
    if (this.#onTheWay.size === 0) return;
    this.#round += 1;
    this.#onTheWay.clear();
    this.#emit({ type: 'stopFetching' });
  }
}
