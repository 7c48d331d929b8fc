/** The simulated world: a virtual clock, one stream of chance, and a trace that a person can read. */
import { RandomStream } from '@shoal/core';

type Entry = { readonly at: number; readonly order: number; readonly action: () => void };

/** Purpose words of the simulation's own random streams, far from those of runs. */
const CHANCE = 1001;
const SECRET = 1004;

export class World {
  now = 0;
  readonly #seed: number;
  readonly #queue: Entry[] = [];
  readonly #chance: RandomStream;
  readonly #trace: string[] | null;
  #drawn = 0;
  #order = 0;

  constructor(options: { readonly seed: number; readonly trace: boolean }) {
    this.#seed = options.seed;
    this.#chance = new RandomStream([options.seed, CHANCE, 0, 0], 0);
    this.#trace = options.trace ? [] : null;
  }

  /** Runs `action` after `delayMs`; what is due at the same time runs in the order it was asked for. */
  after(delayMs: number, action: () => void): void {
    const entry = { at: this.now + delayMs, order: this.#order, action };
    this.#order += 1;
    const queue = this.#queue;
    queue.push(entry);
    let at = queue.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, queue[parent] as Entry)) break;
      queue[at] = queue[parent] as Entry;
      at = parent;
    }
    queue[at] = entry;
  }

  /** Runs what comes next; false when nothing is left. */
  step(): boolean {
    const queue = this.#queue;
    const first = queue[0];
    if (first === undefined) return false;
    const last = queue.pop() as Entry;
    if (queue.length > 0) this.#sift(last);
    this.now = first.at;
    first.action();
    return true;
  }

  #sift(entry: Entry): void {
    const queue = this.#queue;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= queue.length) break;
      const right = queue[child + 1];
      if (right !== undefined && isBefore(right, queue[child] as Entry)) child += 1;
      if (!isBefore(queue[child] as Entry, entry)) break;
      queue[at] = queue[child] as Entry;
      at = child;
    }
    queue[at] = entry;
  }

  /** Uniform in [0, 1). */
  chance(): number {
    this.#drawn += 1;
    return this.#chance.uniform(this.#drawn - 1);
  }

  /** 32 bytes that draw checks, others for each life of a coordinator. */
  secret(life: number): Uint8Array {
    const stream = new RandomStream([this.#seed, SECRET, life, 0], 0);
    return Uint8Array.from({ length: 32 }, (_, i) => stream.integer(i, 256));
  }

  between(low: number, high: number): number {
    return low + this.chance() * (high - low);
  }

  integer(bound: number): number {
    return Math.floor(this.chance() * bound);
  }

  /** `null` is nothing worth a line. */
  say(who: string, what: string | null): void {
    if (what === null) return;
    this.#trace?.push(`${(this.now / 1000).toFixed(3).padStart(9)} s  ${who.padEnd(12)} ${what}`);
  }

  get isTraced(): boolean {
    return this.#trace !== null;
  }

  get trace(): readonly string[] {
    return this.#trace ?? [];
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
