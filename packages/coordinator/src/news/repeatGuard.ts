/**
 * Warnings that may come again and again: each kind is told at once, and then after longer and longer times with how many
 * more there were. A full disk or a crowd of strangers thus takes a few lines, however long it lasts.
 */
import { type Fact, sentences } from '@shoal/core';

/** After a first telling; each further one of the same kind waits twice as long as the one before. */
const QUIET_MS = 10_000;
const QUIET_MS_MAX = 640_000;
/** Kinds that are remembered; with more, the one that was told longest ago is told anew. */
const KINDS_MAX = 200;

type Kind = { facts: readonly Fact[]; toldAt: number; quietMs: number; more: number };

export class RepeatGuard {
  readonly #tell: (facts: readonly Fact[]) => void;
  readonly #clock: () => number;
  /** Oldest telling first. */
  readonly #kinds = new Map<string, Kind>();

  /** `clock` is in milliseconds. */
  constructor(options: { readonly tell: (facts: readonly Fact[]) => void; readonly clock: () => number }) {
    this.#tell = options.tell;
    this.#clock = options.clock;
  }

  /** Those whose sentences differ in numbers only are of one kind. */
  post(...facts: readonly Fact[]): void {
    const now = this.#clock();
    const name = sentences(facts, 'en').replaceAll(/\d+/g, '#');
    const kind = this.#kinds.get(name);
    if (kind !== undefined && now - kind.toldAt < kind.quietMs) {
      kind.facts = facts;
      kind.more += 1;
      return;
    }
    // What was quiet for long enough by itself is news again.
    const lasts = kind !== undefined && kind.more > 0;
    const quietMs = lasts ? Math.min(2 * kind.quietMs, QUIET_MS_MAX) : QUIET_MS;
    this.#kinds.delete(name);
    this.#kinds.set(name, { facts, toldAt: now, quietMs, more: 0 });
    const [oldest] = this.#kinds.keys();
    if (this.#kinds.size > KINDS_MAX && oldest !== undefined) this.#kinds.delete(oldest);
    this.#tell(lasts ? counted(facts, kind.more) : facts);
  }

  /** Tells what has been counted and not told yet, since nothing more will come. */
  flush(): void {
    for (const kind of this.#kinds.values()) {
      if (kind.more === 0) continue;
      // The one that is told is one of those that were counted.
      this.#tell(kind.more === 1 ? kind.facts : counted(kind.facts, kind.more - 1));
      kind.more = 0;
    }
  }
}

const counted = (facts: readonly Fact[], more: number): readonly Fact[] => [
  ...facts,
  { type: 'moreLikeThis', more },
];
