/** What the page knows of sweeps: their list, and the one that is opened, read anew when something has changed. */
import { signal } from '@preact/signals';
import type { SweepSummary, SweepView } from '@shoal/core';
import { ApiError, api } from '../store.ts';

export const sweeps = signal<readonly SweepSummary[] | null>(null);
export const opened = signal<string | null>(null);
export const view = signal<SweepView | null>(null);
/** Why it could not be read. */
export const failure = signal<ApiError | null>(null);

let isReading = false;
/** Something changed while it was read. */
let isStale = false;

/** Reads the list and the opened sweep; many who ask at once are served by one more reading. */
export async function readSweeps(): Promise<void> {
  isStale = true;
  if (isReading) return;
  isReading = true;
  try {
    while (isStale) {
      isStale = false;
      await read();
    }
  } finally {
    isReading = false;
  }
}

export function openSweep(name: string | null): void {
  opened.value = name;
  view.value = null;
  void readSweeps();
}

async function read(): Promise<void> {
  try {
    sweeps.value = await api.get<readonly SweepSummary[]>('/api/sweeps');
    const name = opened.peek();
    const found = name === null ? null : await api.get<SweepView>(`/api/sweeps/${encodeURIComponent(name)}`);
    if (opened.peek() === name) view.value = found;
    failure.value = null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    failure.value = error;
  }
}
