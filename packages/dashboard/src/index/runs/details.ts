/** Records of past runs, loaded when they are asked for. */
import { effect, signal } from '@preact/signals';
import type { RunDetail } from '@shoal/core';
import { goesOn } from '../run/goesOn.ts';
import { ApiError, api } from '../store.ts';
import { list } from './listStore.ts';

export const details = signal<ReadonlyMap<string, RunDetail>>(new Map());
/** Why a run that was asked for did not come. */
export const failures = signal<ReadonlyMap<string, ApiError>>(new Map());

const underWay = new Set<string>();

/** Loads the run unless it is here; one that was not at its end is loaded anew. */
export function loadDetail(runId: string): void {
  const known = details.peek().get(runId);
  if ((known !== undefined && !goesOn(known.state) && !isBeingWritten(known)) || underWay.has(runId)) return;
  underWay.add(runId);
  failures.value = without(failures.peek(), [runId]);
  void load(runId);
}

/** What a run has come to is written a moment after it has ended. */
export const isBeingWritten = ({ state, result }: RunDetail): boolean =>
  state === 'finished' && result === null;

async function load(runId: string): Promise<void> {
  try {
    const detail = await api.get<RunDetail>(`/api/runs/${encodeURIComponent(runId)}`);
    details.value = new Map(details.peek()).set(runId, detail);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    failures.value = new Map(failures.peek()).set(runId, error);
  } finally {
    underWay.delete(runId);
  }
}

function without<T>(all: ReadonlyMap<string, T>, gone: readonly string[]): ReadonlyMap<string, T> {
  const kept = new Map(all);
  for (const runId of gone) kept.delete(runId);
  return kept;
}

/** A run that has gone on since it was loaded, or was given another name, is no longer what was loaded. */
effect(() => {
  const known = details.peek();
  const stale = (list.value?.runs ?? []).filter((row) => {
    const detail = known.get(row.runId);
    if (detail === undefined) return false;
    const { state, name, tags, notes, archived } = row;
    const isSame = detail.name === name && detail.notes === notes && detail.archived === archived;
    return detail.state !== state || !isSame || detail.tags.join() !== tags.join();
  });
  if (stale.length === 0) return;
  details.value = without(
    known,
    stale.map(({ runId }) => runId),
  );
});
