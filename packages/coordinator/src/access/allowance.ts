/** How much somebody may still do: an amount that fills up with time (and by reward) to a maximum, and is spent. */

export class Allowance {
  readonly #perMs: number;
  readonly #most: number;
  #left: number;
  #at: number;

  constructor(options: { readonly perSecond: number; readonly most: number; readonly now: number }) {
    this.#perMs = options.perSecond / 1000;
    this.#most = options.most;
    this.#left = options.most;
    this.#at = options.now;
  }

  add(amount: number): void {
    this.#left = Math.min(this.#most, this.#left + amount);
  }

  /** @returns whether there was one left to spend at `now`, in milliseconds */
  spend(now: number): boolean {
    this.add(Math.max(0, now - this.#at) * this.#perMs);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
