/**
 * Several runs handed to the coordinator at once, where they wait for each other: they go on whether this page stays open
 * or not. Other pages of the same browser see what has been begun.
 */
import { signal } from '@preact/signals';
import type { PublicSpec, QueueView } from '@shoal/core';
import { attempt } from '../actions.ts';
import { api, queue } from '../store.ts';
import { type Race, raceIn } from './storedRace.ts';

const KEY = 'shoal-race';

/** The last that was begun in this browser; null where there was none, or it was put away. */
export const race = signal<Race | null>(kept());
/** This page still hands its runs over. */
export const isHandingOver = signal(false);

function kept(): Race | null {
  try {
    return raceIn(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function become(next: Race | null): void {
  race.value = next;
  try {
    if (next === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Without storage other pages see nothing of it.
  }
}

window.addEventListener('storage', ({ key, newValue }) => {
  if (key === KEY) race.value = raceIn(newValue);
});

/** Somebody wants no more of them than have been handed over. */
let isEnough = false;
/** Resolves when nothing is being handed over. */
let handedOver: Promise<unknown> = Promise.resolve();

/** Hands them over in their order. @throws ApiError for the first that is refused; those before it stay */
export function startRace(specs: readonly PublicSpec[]): Promise<void> {
  const handing = handOver(specs);
  handedOver = handing.catch(() => {});
  return handing;
}

async function handOver(specs: readonly PublicSpec[]): Promise<void> {
  const optimizers = specs.map(({ optimizer }) => optimizer.type);
  let runIds: readonly string[] = [];
  isEnough = false;
  isHandingOver.value = true;
  try {
    become({ optimizers, runIds });
    for (const spec of specs) {
      if (isEnough) return;
      const { runId } = await api.post<{ readonly runId: string }>('/api/runs', { spec });
      runIds = [...runIds, runId];
      become({ optimizers, runIds });
    }
    // Before the feed tells of it, what waits would be taken for what has ended.
    queue.value = await api.get<QueueView>('/api/queue');
  } finally {
    isHandingOver.value = false;
    if (runIds.length === 0) become(null);
  }
}

/** None that waits is begun any more; what goes on goes on. */
export const leaveOut = (): Promise<boolean> =>
  attempt(async () => {
    isEnough = true;
    await handedOver;
    // As the coordinator has it: the page may not have been told of the last ones yet.
    const { waiting } = await api.get<QueueView>('/api/queue');
    for (const { id } of waiting) {
      if (race.peek()?.runIds.includes(id) === true) {
        await api.post(`/api/queue/${encodeURIComponent(id)}`, { action: 'remove' });
      }
    }
  });

/** Its runs stay; their common chart goes. */
export const putAway = (): void => become(null);
