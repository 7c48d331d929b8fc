/**
 * Several runs handed to the coordinator one after another. Where it takes one at a time, the next is offered when the one
 * that goes on has ended; this page has to stay open for that. Other pages of the same browser see what has been begun.
 */
import { effect, signal } from '@preact/signals';
import type { PublicSpec } from '@shoal/core';
import { problem } from '../actions.ts';
import { goesOn } from '../run/goesOn.ts';
import { ApiError, api, run } from '../store.ts';
import { type Race, raceIn } from './storedRace.ts';

const KEY = 'shoal-race';

/** The last that was begun in this browser; null where there was none, or it was put away. */
export const race = signal<Race | null>(kept());
/** It is this page's to go on with. */
let isMine = false;

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
  if (key !== KEY) return;
  race.value = raceIn(newValue);
  isMine = false;
});
window.addEventListener('pagehide', () => {
  if (isMine) stopRace();
});

/** Results are written between the end of a run and the moment when another may begin. */
const ASK_AGAIN_MS = 300;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves when no run goes on, as far as the page knows. */
function untilFree(): Promise<void> {
  return new Promise((resolve) => {
    let stop: (() => void) | null = null;
    stop = effect(() => {
      if (run.value !== null && goesOn(run.value.state)) return;
      // Not within the effect, which is not known by its name yet the first time.
      queueMicrotask(() => stop?.());
      resolve();
    });
  });
}

/** Resolves when the coordinator has taken all of them, or nothing more is handed over; what it refuses is shown. */
export async function startRace(specs: readonly PublicSpec[]): Promise<void> {
  const optimizers = specs.map(({ optimizer }) => optimizer.type);
  let mine: Race = { optimizers, runIds: [], isOver: false };
  become(mine);
  isMine = true;
  for (const spec of specs) {
    const runId = await handOver(spec, () => race.peek() === mine);
    if (runId === null) {
      if (race.peek() === mine) stopRace();
      return;
    }
    mine = { ...mine, runIds: [...mine.runIds, runId] };
    become(mine);
  }
  stopRace();
}

/** @returns the run's name; null where the coordinator has refused it, or nobody wants it any more */
async function handOver(spec: PublicSpec, isWanted: () => boolean): Promise<string | null> {
  for (;;) {
    await untilFree();
    if (!isWanted()) return null;
    try {
      const { runId } = await api.post<{ readonly runId: string }>('/api/runs', { spec });
      return isWanted() ? runId : null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code !== 'runGoing') {
        problem.value = error;
        return null;
      }
      await wait(ASK_AGAIN_MS);
      if (!isWanted()) return null;
    }
  }
}

/** What has begun goes on; nothing more is handed over. */
export function stopRace(): void {
  const going = race.peek();
  isMine = false;
  if (going !== null && !going.isOver) become({ ...going, isOver: true });
}

/** Its runs stay; their common chart goes. */
export const putAway = (): void => become(null);
