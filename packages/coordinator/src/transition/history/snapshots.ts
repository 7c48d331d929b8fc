/**
 * Which earlier states of a run are kept to go back to. The run's beginning always is one; of the rest the recent stand
 * close together and the old far apart, so that a bounded number reaches back to any time at about the same relative cost.
 */
import type { RunProgress } from '@shoal/core';
import type { SnapshotId } from '../model/ids.ts';
import { markOf } from './ledger.ts';

export type SnapshotRecord = {
  readonly id: SnapshotId;
  readonly mark: number;
  readonly progress: RunProgress;
};

/** Each costs the memory of the parameters, the optimizer's moments and perhaps the best parameters. */
export const SNAPSHOTS_MAX = 8;

/** The run's beginning, which is a function of the spec and so never lost. */
export const BEGINNING: SnapshotId = 0;

export class Snapshots {
  /** By mark, the beginning first. */
  #kept: SnapshotRecord[];
  #next: SnapshotId;

  constructor(records: readonly SnapshotRecord[]) {
    this.#kept = [...records].sort((a, b) => a.mark - b.mark);
    this.#next = Math.max(BEGINNING, ...records.map(({ id }) => id)) + 1;
  }

  get kept(): readonly SnapshotRecord[] {
    return this.#kept;
  }

  /** @returns the new snapshot's number, and which one goes for it; null when this state is kept already */
  add(progress: RunProgress): { readonly id: SnapshotId; readonly dropped: SnapshotId | null } | null {
    const mark = markOf(progress);
    if (this.#kept.some((one) => one.mark === mark)) return null;
    const id = this.#next;
    this.#next += 1;
    this.#kept.push({ id, mark, progress });
    return { id, dropped: this.#kept.length > SNAPSHOTS_MAX ? this.#drop() : null };
  }

  /** Drops the one whose loss leaves the smallest gap for its age; never the beginning or the newest. */
  #drop(): SnapshotId | null {
    const newest = this.#kept.at(-1)?.mark ?? 0;
    let chosen = 1;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 1; i < this.#kept.length - 1; i += 1) {
      const before = this.#kept[i - 1]?.mark ?? 0;
      const after = this.#kept[i + 1]?.mark ?? 0;
      const gap = (after - before) / (newest - before);
      if (gap < least) {
        least = gap;
        chosen = i;
      }
    }
    return this.#kept.splice(chosen, 1)[0]?.id ?? null;
  }

  /** The newest state that no answer of mark `suspect` or later is in; everything after it is given up. */
  backBefore(suspect: number): { readonly to: SnapshotRecord; readonly dropped: readonly SnapshotId[] } {
    const kept = this.#kept.filter((one) => one.mark < suspect);
    const to = kept.at(-1);
    if (to === undefined) throw new Error('A run has no state before its beginning.');
    const dropped = this.#kept.filter((one) => one.mark >= suspect).map(({ id }) => id);
    this.#kept = kept;
    return { to, dropped };
  }
}
