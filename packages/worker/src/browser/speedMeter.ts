/** Samples a second over the last few seconds. */

const WINDOW_MS = 8_000;

export class SpeedMeter {
  readonly #answers: { readonly at: number; readonly samples: number }[] = [];
  #since: number | null = null;

  /** `now` in milliseconds; it never goes back. */
  add(samples: number, now: number): void {
    this.#since ??= now;
    this.#answers.push({ at: now, samples });
    this.#forget(now);
  }

  perSecond(now: number): number {
    this.#forget(now);
    const total = this.#answers.reduce((sum, { samples }) => sum + samples, 0);
    const ms = Math.min(WINDOW_MS, now - (this.#since ?? now));
    // Less than a second says little.
    return (total / Math.max(ms, 1_000)) * 1_000;
  }

  #forget(now: number): void {
    while ((this.#answers[0]?.at ?? now) < now - WINDOW_MS) this.#answers.shift();
    if (this.#answers.length === 0) this.#since = null;
  }
}
