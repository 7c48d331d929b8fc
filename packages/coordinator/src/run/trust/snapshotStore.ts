/**
 * The states that a run may go back to, in memory: what the transition names, with its tensors. The run's beginning is
 * always among them.
 */
import { type RunProgress, type Updater, VectorArena } from '@shoal/core';
import { markOf } from '../../transition/history/ledger.ts';
import { BEGINNING, type SnapshotRecord } from '../../transition/history/snapshots.ts';
import type { SnapshotId } from '../../transition/model/ids.ts';
import { initialProgress } from '../../transition/transition.ts';
import type { KeptState } from '../ports.ts';
import { freshUpdater, type PreparedRun } from '../preparation/prepare.ts';

/** Parameters and moments; no optimizer has more. */
const FRESH_VECTORS_MAX = 8;

export class SnapshotStore {
  readonly #beginning: { readonly progress: RunProgress; readonly state: () => KeptState };
  readonly #states = new Map<SnapshotId, KeptState>();

  /**
   * @param beginning what a new run starts from; its tensors are made when they are wanted, which is hardly ever
   * @param others what an earlier life of it has kept on disk
   */
  constructor(
    beginning: { readonly progress: RunProgress; readonly state: () => KeptState },
    others: readonly KeptState[],
  ) {
    this.#beginning = beginning;
    others.forEach((state, i) => {
      this.#states.set(BEGINNING + 1 + i, state);
    });
  }

  /** What the transition has to know of them. */
  records(): SnapshotRecord[] {
    const all = [[BEGINNING, this.#beginning] as const, ...this.#states];
    return all.map(([id, { progress }]) => ({ id, mark: markOf(progress), progress }));
  }

  keep(id: SnapshotId, state: KeptState): void {
    this.#states.set(id, state);
  }

  drop(id: SnapshotId): void {
    this.#states.delete(id);
  }

  get(id: SnapshotId): KeptState {
    if (id === BEGINNING) return this.#beginning.state();
    const state = this.#states.get(id);
    if (state === undefined) throw new Error(`Snapshot ${id} is not kept.`);
    return state;
  }
}

/** The state that a run starts from, a function of its spec and the file that it names: made again rather than kept. */
export function beginningOf(run: Pick<PreparedRun, 'facts' | 'model' | 'initial'>) {
  const { facts, model } = run;
  const progress = initialProgress(facts);
  return {
    progress,
    state: (): KeptState => {
      const arena = new VectorArena({ length: model.vectorLength, vectorsMax: FRESH_VECTORS_MAX });
      const updater = freshUpdater(run, arena);
      return copyOf(arena, updater, { progress, best: null, vouchers: [] });
    },
  };
}

/** The vectors as they are now, copied. */
export function copyOf(
  arena: VectorArena,
  updater: Updater,
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
