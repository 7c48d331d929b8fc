/** Which blocks are asked for: what leases wait for first, then what will be needed soon, a few at a time. */
import type { BlockCache } from './blockCache.ts';
import type { BlockPlace, SessionEffect } from './events.ts';

/** Of one worker, on their way at the same time: as many connections as a browser opens to one server. */
const FETCHES_MAX = 6;

/** Where the blocks are, and the bearer for them. */
export type BlockSource = {
  /** Of the coordinator, with the base path if there is one. */
  readonly address: string;
  readonly blocksPath: string;
  readonly token: string;
};

export class BlockFetches {
  readonly #emit: (effect: SessionEffect) => void;
  readonly #onTheWay = new Set<string>();
  /** What was on its way before belongs to an earlier round. */
  #round = 1;

  constructor(emit: (effect: SessionEffect) => void) {
    this.#emit = emit;
  }

  /** Asks for those of the wanted blocks, the first first, that are neither here nor on their way, while few are. */
  ask(wanted: Iterable<BlockPlace>, cache: BlockCache, source: BlockSource): void {
    for (const place of wanted) {
      if (this.#onTheWay.size >= FETCHES_MAX) return;
      const key = `${place.set} ${place.index}`;
      if (this.#onTheWay.has(key) || cache.has(place)) continue;
      this.#onTheWay.add(key);
      this.#emit({ type: 'fetchBlock', round: this.#round, place, block: cache.info(place), ...source });
    }
  }

  /** @returns whether it was asked for */
  arrived(round: number, { set, index }: BlockPlace): boolean {
    return round === this.#round && this.#onTheWay.delete(`${set} ${index}`);
  }

  /** Nothing that is on its way is wanted any more. */
  stop(): void {
    if (this.#onTheWay.size === 0) return;
    this.#round += 1;
    this.#onTheWay.clear();
    this.#emit({ type: 'stopFetching' });
  }
}
