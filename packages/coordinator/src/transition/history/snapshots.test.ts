import { EMPTY_EPOCH, type RunProgress } from '@shoal/core';
import { expect, test } from 'vitest';
import { markOf } from './ledger.ts';
import {
  addSnapshot,
  BEGINNING,
  backBefore,
  newSnapshots,
  SNAPSHOTS_MAX,
  type Snapshots,
} from './snapshots.ts';

const progress = (globalStep: number): RunProgress => ({
  epoch: 0,
  step: globalStep,
  globalStep,
  version: globalStep,
  epochSums: EMPTY_EPOCH,
  earlyStopping: null,
  lastEpoch: null,
  ending: null,
});
const fresh = (): Snapshots => newSnapshots([{ id: BEGINNING, mark: 0, progress: progress(0) }]);

test('it keeps the beginning, the newest and a bounded number between them', () => {
  const snapshots = fresh();
  const alive = new Set<number>([BEGINNING]);
  for (let step = 1; step <= 500; step += 1) {
    const added = addSnapshot(snapshots, progress(step));
    if (added === null) throw new Error('A new state is kept.');
    alive.add(added.id);
    if (added.dropped !== null) expect(alive.delete(added.dropped)).toBe(true);
    const { kept } = snapshots;
    expect(kept.length).toBeLessThanOrEqual(SNAPSHOTS_MAX);
    expect(new Set(kept.map(({ id }) => id))).toEqual(alive);
    expect(kept[0]?.id).toBe(BEGINNING);
    expect(kept.at(-1)?.mark).toBe(markOf(progress(step)));
  }
});

test('however far it goes back, what is computed again is in proportion to that', () => {
  const snapshots = fresh();
  const STEPS = 500;
  for (let step = 1; step <= STEPS; step += 1) addSnapshot(snapshots, progress(step));
  const marks = snapshots.kept.map(({ mark }) => mark);
  for (let lost = 20; lost < STEPS; lost += 1) {
    const suspect = 2 * (STEPS - lost);
    const back = Math.max(...marks.filter((mark) => mark < suspect));
    expect(2 * STEPS - back).toBeLessThanOrEqual(5 * 2 * lost);
  }
});

test('it goes back before what is suspect, and gives up what came after', () => {
  const snapshots = fresh();
  for (const step of [2, 4, 6]) addSnapshot(snapshots, progress(step));
  const { to, dropped } = backBefore(snapshots, markOf(progress(4)));
  expect(to.progress.globalStep).toBe(2);
  expect(dropped).toHaveLength(2);
  expect(backBefore(snapshots, 1).to.id).toBe(BEGINNING);
});

test('the same state is not kept twice', () => {
  const snapshots = fresh();
  addSnapshot(snapshots, progress(2));
  expect(addSnapshot(snapshots, progress(2))).toBeNull();
});
