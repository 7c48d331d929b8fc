/** Notices that the computer slept, or that the browser froze the tab: a steady beat that stayed away. */

/** A coordinator takes a worker's silence for a lost connection after about this long. */
const GAP_MS = 15_000;

export class ClockGap {
  #last: number | null = null;

  /** @returns whether time was lost since the last call; `wallMs` also counts while the computer sleeps. */
  observe(wallMs: number): boolean {
    const lost = this.#last !== null && wallMs - this.#last > GAP_MS;
    this.#last = wallMs;
    return lost;
  }
}
