/** Workers that have asked for a run while there was none and will ask again: known so that they can be told the end. */

/** One that has not asked for so long is not coming. */
const PATIENCE_MS = 10_000;
/** Others are let in as well, but not remembered. */
const REMEMBERED_MAX = 4_096;

export class WaitingRoom {
  readonly #clock: () => number;
  readonly #seenAt = new Map<string, number>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  enter(identity: string): void {
    if (this.#seenAt.size >= REMEMBERED_MAX) this.#forgetTheGone();
    if (this.#seenAt.size < REMEMBERED_MAX || this.#seenAt.has(identity)) {
      this.#seenAt.set(identity, this.#clock());
    }
  }

  leave(identity: string): void {
    this.#seenAt.delete(identity);
  }

  #forgetTheGone(): void {
    const now = this.#clock();
    for (const [identity, at] of this.#seenAt) if (now - at > PATIENCE_MS) this.#seenAt.delete(identity);
  }

  /** Resolves when all have left, or after so long. */
  async empty(timeoutMs: number): Promise<void> {
    const deadline = this.#clock() + timeoutMs;
    this.#forgetTheGone();
    while (this.#seenAt.size > 0 && this.#clock() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
