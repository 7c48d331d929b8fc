/** Keeps a slot within its part of a processor, by rest between two microbatches. */

/** Percent of one processor that a person may allow; there is no 0, which is what pausing is for. */
export const LIMIT_MIN = 10;
export const LIMIT_MAX = 100;
/** At most so much while nobody looks at the tab, and while the battery is low. */
const HIDDEN_LIMIT = 50;
const LOW_BATTERY_LIMIT = 25;
/** However long a microbatch took, messages are waited for no longer than this. */
const REST_MS_MAX = 5_000;

export type Conditions = { readonly hidden: boolean; readonly lowBattery: boolean };

/** What the person allows, less where the tab should step back by itself. */
export function limitUnder(chosen: number, { hidden, lowBattery }: Conditions): number {
  const most = Math.min(hidden ? HIDDEN_LIMIT : LIMIT_MAX, lowBattery ? LOW_BATTERY_LIMIT : LIMIT_MAX);
  return Math.max(LIMIT_MIN, Math.min(chosen, most));
}

export class Throttle {
  limit: number = LIMIT_MAX;
  #busySince: number | null = null;
  #pausedSince: number | null = null;
  /** Work that has not been rested for. */
  #workedMs = 0;

  /** Work begins, or goes on after a rest. `now` in milliseconds. */
  begin(now: number): void {
    this.#busySince = now;
  }

  /** Nothing is worked on for now; what passes until the next `restMs` is rest. */
  pause(now: number): void {
    if (this.#busySince === null) return;
    this.#workedMs += now - this.#busySince;
    this.#busySince = null;
    this.#pausedSince = now;
  }

  /** Milliseconds still to rest before work goes on, so that work is `limit` percent of all time. */
  restMs(now: number): number {
    this.pause(now);
    const dueMs = (this.#workedMs * (100 - this.limit)) / this.limit;
    const restedMs = now - (this.#pausedSince ?? now);
    this.#workedMs = 0;
    return Math.min(REST_MS_MAX, Math.max(0, dueMs - restedMs));
  }
}
