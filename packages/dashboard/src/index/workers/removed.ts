/** Who was sent away, as the operator's page last heard. */
import { signal } from '@preact/signals';
import { attempt } from '../actions.ts';
import { api, operates } from '../store.ts';

export type Removed = { readonly id: number; readonly name: string; readonly removedSecondsAgo: number };

export const removed = signal<readonly Removed[]>([]);

/** To be called when the list may have changed. */
export async function readRemoved(): Promise<void> {
  if (!operates.value) return;
  await attempt(async () => {
    removed.value = await api.get<Removed[]>('/api/removed');
  });
}

export async function letIn(id: number): Promise<void> {
  if (await attempt(() => api.post(`/api/removed/${id}`, { action: 'letIn' }))) await readRemoved();
}
