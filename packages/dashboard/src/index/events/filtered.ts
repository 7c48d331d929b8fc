/** Which entries of the event log are shown. */
import type { EventView } from '@shoal/core';

export type EventFilter = {
  /** Every word of it must occur, in any case. */
  readonly text: string;
  readonly kind: EventView['kind'] | null;
  readonly level: EventView['level'] | null;
};

/** Newest first. */
export function filtered(events: readonly EventView[], { text, kind, level }: EventFilter): EventView[] {
  const words = text.toLowerCase().split(/\s+/);
  return events
    .filter(
      (event) =>
        (kind === null || event.kind === kind) &&
        (level === null || event.level === level) &&
        words.every((word) => event.message.toLowerCase().includes(word)),
    )
    .reverse();
}
