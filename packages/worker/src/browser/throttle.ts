/** Keeps a slot within its part of a processor, by rest between two microbatches. */

/** Percent of one processor that a person may allow; there is no 0, which is what pausing is for. */
export const LIMIT_MIN = 10;
export const LIMIT_MAX = 100;
/** At most so much while nobody looks at the tab, and while the battery is low. */
const HIDDEN_LIMIT = 50;
const LOW_BATTERY_LIMIT = 25;
/** However long a microbatch took, messages are waited for no longer than this. */
const REST_MS_MAX = 5_000;
/** Timers keep to no less than about this. */
const REST_MS_MIN = 5;

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
  /** Rest that is due for work done. Small microbatches add up to one rest that a timer can keep. */
  #dueMs = 0;

  /** Work begins, or goes on after a rest. `now` in milliseconds. */
  begin(now: number): void {
    this.#rested(now);
    this.#busySince = now;
  }

  /** Nothing is worked on for now; what passes until the next `begin` is rest. */
  pause(now: number): void {
    if (this.#busySince === null) return;
    this.#dueMs += ((now - this.#busySince) * (100 - this.limit)) / this.limit;
    this.#busySince = null;
    this.#pausedSince = now;
  }

  /** Milliseconds to rest before work goes on, so that work is `limit` percent of all time; often 0. */
  restMs(now: number): number {
    this.pause(now);
    this.#rested(now);
    this.#pausedSince = now;
    return this.#dueMs < REST_MS_MIN ? 0 : Math.min(REST_MS_MAX, this.#dueMs);
  }

  #rested(now: number): void {
    this.#dueMs = Math.max(0, this.#dueMs - (now - (this.#pausedSince ?? now)));
    this.#pausedSince = null;
  }
}
