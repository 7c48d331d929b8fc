/**
 * The states that a run may go back to, in memory: what the transition names, with its tensors. The run's beginning is
 * always among them.
 */
import type { StepUpdater, VectorArena } from '@shoal/core';
import { markOf } from '../transition/ledger.ts';
import { BEGINNING, type SnapshotId, type SnapshotRecord } from '../transition/snapshots.ts';
import type { KeptState } from './ports.ts';

export class SnapshotStore {
  readonly #states = new Map<SnapshotId, KeptState>();

  /** @param beginning what a new run starts from; @param others what an earlier life of it has kept on disk */
  constructor(beginning: KeptState, others: readonly KeptState[]) {
    this.#states.set(BEGINNING, beginning);
    others.forEach((state, i) => {
      this.#states.set(BEGINNING + 1 + i, state);
    });
  }

  /** What the transition has to know of them. */
  records(): SnapshotRecord[] {
    return [...this.#states].map(([id, { progress }]) => ({ id, mark: markOf(progress), progress }));
  }

  keep(id: SnapshotId, state: KeptState): void {
    this.#states.set(id, state);
  }

  drop(id: SnapshotId): void {
    this.#states.delete(id);
  }

  get(id: SnapshotId): KeptState {
    const state = this.#states.get(id);
    if (state === undefined) throw new Error(`Snapshot ${id} is not kept.`);
    return state;
  }
}

/** The vectors as they are now, copied. */
export function copyOf(
  arena: VectorArena,
  updater: StepUpdater,
  rest: Pick<KeptState, 'progress' | 'best' | 'vouchers'>,
): KeptState {
  const { vectors, scalars } = updater.exportState();
  return {
    ...rest,
    parameters: arena.view(updater.parameters).slice(),
    optimizer: {
      vectors: vectors.map(({ name, values }) => ({ name, values: values.slice() })),
      scalars: { ...scalars },
    },
  };
}
