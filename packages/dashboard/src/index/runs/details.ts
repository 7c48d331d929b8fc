/** Records of past runs, loaded when they are asked for. */
import { effect, signal } from '@preact/signals';
import type { RunDetail, RunStateName } from '@shoal/core';
import { attempt } from '../actions.ts';
import { api, runs } from '../store.ts';

export const details = signal<ReadonlyMap<string, RunDetail>>(new Map());

const ENDED: readonly RunStateName[] = ['finished', 'stopped', 'diverged', 'failed'];
const underWay = new Set<string>();

/** Loads the run unless it is here; one that was not at its end is loaded anew. */
export function loadDetail(runId: string): void {
  const known = details.peek().get(runId);
  if ((known !== undefined && ENDED.includes(known.state)) || underWay.has(runId)) return;
  underWay.add(runId);
  void attempt(async () => {
    try {
      const detail = await api.get<RunDetail>(`/api/runs/${encodeURIComponent(runId)}`);
      details.value = new Map(details.peek()).set(runId, detail);
    } finally {
      underWay.delete(runId);
    }
  });
}

/** A run that has gone on since it was loaded is no longer what was loaded. */
effect(() => {
  const known = details.peek();
  const stale = runs.value.filter(({ runId, state }) => {
    const detail = known.get(runId);
    return detail !== undefined && detail.state !== state;
  });
  if (stale.length === 0) return;
  const kept = new Map(known);
  for (const { runId } of stale) kept.delete(runId);
  details.value = kept;
});
