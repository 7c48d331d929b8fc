/** What goes on in the room, for somebody who was invited: what is trained and for whom, and the scene of the lecture. */
import { signal } from '@preact/signals';
import type { Invitation } from '@shoal/core';
import { coordinatorUrl } from '../shared/coordinatorUrl.ts';
import { address, view } from './volunteer.ts';
import { isWorthAsking } from './worthAsking.ts';

/** A lecturer stays with a scene for minutes; a class of hundreds asks. */
const EVERY_MS = 3_000;

/** Null until the coordinator has answered, and for a link without a token. */
export const room = signal<Invitation | null>(null);

async function ask(): Promise<void> {
  if (address === null) return;
  try {
    const headers = { authorization: `Bearer ${address.token}` };
    const response = await fetch(coordinatorUrl('/api/invitation'), { headers });
    if (response.ok) room.value = (await response.json()) as Invitation;
  } catch {
    // What was last known stands; the status tells of lost connections.
  }
}

/** Asks now and again. Called once, by the entry. */
export function askRoom(): void {
  const askIfWorthIt = (): void => {
    if (isWorthAsking(document.hidden, view.value?.phase.type)) void ask();
  };
  void ask();
  setInterval(askIfWorthIt, EVERY_MS);
  document.addEventListener('visibilitychange', askIfWorthIt);
}
