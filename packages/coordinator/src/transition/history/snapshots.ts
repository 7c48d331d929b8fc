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

export type Snapshots = {
  /** By mark, the beginning first. */
  kept: readonly SnapshotRecord[];
  next: SnapshotId;
};

export function newSnapshots(records: readonly SnapshotRecord[]): Snapshots {
  return {
    kept: [...records].sort((a, b) => a.mark - b.mark),
    next: Math.max(BEGINNING, ...records.map(({ id }) => id)) + 1,
  };
}

/** @returns the new snapshot's number, and which one goes for it; null when this state is kept already */
export function addSnapshot(
  snapshots: Snapshots,
  progress: RunProgress,
): { readonly id: SnapshotId; readonly dropped: SnapshotId | null } | null {
  const mark = markOf(progress);
  if (snapshots.kept.some((one) => one.mark === mark)) return null;
  const id = snapshots.next;
  snapshots.next += 1;
  snapshots.kept = [...snapshots.kept, { id, mark, progress }];
  if (snapshots.kept.length <= SNAPSHOTS_MAX) return { id, dropped: null };
  const dropped = leastMissed(snapshots.kept);
  snapshots.kept = snapshots.kept.filter((one) => one !== dropped);
  return { id, dropped: dropped?.id ?? null };
}

/** The one whose loss leaves the smallest gap for its age; never the beginning or the newest. */
function leastMissed(kept: readonly SnapshotRecord[]): SnapshotRecord | undefined {
  const newest = kept.at(-1)?.mark ?? 0;
  let chosen = 1;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < kept.length - 1; i += 1) {
    const before = kept[i - 1]?.mark ?? 0;
    const after = kept[i + 1]?.mark ?? 0;
    const gap = (after - before) / (newest - before);
    if (gap < least) {
      least = gap;
      chosen = i;
    }
  }
  return kept[chosen];
}

/** The newest state that no answer of mark `suspect` or later is in; everything after it is given up. */
export function backBefore(
  snapshots: Snapshots,
  suspect: number,
): { readonly to: SnapshotRecord; readonly dropped: readonly SnapshotId[] } {
  const kept = snapshots.kept.filter((one) => one.mark < suspect);
  const to = kept.at(-1);
  if (to === undefined) throw new Error('A run has no state before its beginning.');
  const dropped = snapshots.kept.filter((one) => one.mark >= suspect).map(({ id }) => id);
  snapshots.kept = kept;
  return { to, dropped };
}
