/** Which entries of the event log are shown. */
import type { EventView } from '@shoal/core';

export type EventFilter = {
  /** Every word of it must occur, in any case. */
  readonly text: string;
  readonly kind: EventView['kind'] | null;
  readonly level: EventView['level'] | null;
};

/** Newest first. `wordsOf` is what the page shows of one. */
export function filtered(
  events: readonly EventView[],
  { text, kind, level }: EventFilter,
  wordsOf: (event: EventView) => string,
): EventView[] {
  const words = text.toLowerCase().trim().split(/\s+/);
  const fits = (event: EventView): boolean => {
    const shown = wordsOf(event).toLowerCase();
    return words.every((word) => shown.includes(word));
  };
  return events
    .filter(
      (event) =>
        (kind === null || event.kind === kind) &&
        (level === null || event.level === level) &&
        (text === '' || fits(event)),
    )
    .reverse();
}
