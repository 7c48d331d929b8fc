/**
 * Who has vouched for what is in the parameters and nobody has recomputed: sets of identities, each with the earliest
 * state of the run that an answer of theirs went into. A set is suspect once all in it are convicted; as long as one
 * is not, somebody who never was found wrong has given the same answer.
 */
import type { RunProgress, Vouchers } from '@shoal/core';
import type { SetName } from '../model/ids.ts';

/** Sets kept apart. Beyond, answers are booked under the empty set, which any conviction makes suspect. */
const SETS_MAX = 4096;

/** The order of a run's states. A state has the answers of every lower mark in it. */
export function markOf({ globalStep, step, epoch }: RunProgress): number {
  return 2 * globalStep + (step === 0 && epoch > 0 ? 1 : 0);
}

/** The first state that an answer given now, to a lease of this set, goes into. */
export function markOfAnswer(progress: RunProgress, set: SetName): number {
  return 2 * progress.globalStep + (set === 'validation' ? 1 : 2);
}

export class Ledger {
  readonly #sets = new Map<string, { readonly identities: readonly string[]; readonly mark: number }>();

  constructor(record: Vouchers) {
    for (const [identities, mark] of record) this.vouch(identities, mark);
  }

  get size(): number {
    return this.#sets.size;
  }

  vouch(identities: readonly string[], mark: number): void {
    let kept = [...new Set(identities)].sort();
    if (!this.#sets.has(kept.join(' ')) && this.#sets.size >= SETS_MAX) kept = [];
    const key = kept.join(' ');
    const known = this.#sets.get(key);
    if (known === undefined || mark < known.mark) this.#sets.set(key, { identities: kept, mark });
  }

  /** The earliest state with an answer that none but the convicted have given; null when there is none. */
  earliestSuspect(convicted: ReadonlySet<string>): number | null {
    let earliest: number | null = null;
    if (convicted.size === 0) return earliest;
    for (const { identities, mark } of this.#sets.values()) {
      if (earliest !== null && mark >= earliest) continue;
      if (identities.every((one) => convicted.has(one))) earliest = mark;
    }
    return earliest;
  }

  /** The run is back in the state `mark`: what was answered after it is forgotten. */
  forgetAfter(mark: number): void {
    for (const [key, set] of this.#sets) if (set.mark > mark) this.#sets.delete(key);
  }

  toRecord(): Vouchers {
    return [...this.#sets.values()].map(({ identities, mark }) => [identities, mark] as const);
  }
}
