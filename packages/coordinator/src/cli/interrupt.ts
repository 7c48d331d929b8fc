/** Ctrl-C and SIGTERM: the first asks for an orderly end, the second ends at once. */

/** Exit code of a process that was interrupted, by custom. */
const INTERRUPTED = 130;

export class Interrupt {
  #asked = false;
  #listener: () => void;
  readonly #handle = (): void => {
    if (this.#asked) process.exit(INTERRUPTED);
    this.#asked = true;
    this.#listener();
  };

  constructor(onInterrupt: () => void) {
    this.#listener = onInterrupt;
    process.on('SIGINT', this.#handle);
    process.on('SIGTERM', this.#handle);
  }

  get asked(): boolean {
    return this.#asked;
  }

  /** From now on the first signal calls this instead; at once when one has come already. */
  redirect(onInterrupt: () => void): void {
    if (this.#asked) onInterrupt();
    else this.#listener = onInterrupt;
  }

  release(): void {
    process.off('SIGINT', this.#handle);
    process.off('SIGTERM', this.#handle);
  }
}
