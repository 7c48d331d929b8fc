/** One computation at a time, always of the newest wish: what is superseded while it waits is never begun. */
export class Latest {
  readonly #work: () => Promise<void>;
  #isBusy = false;
  #isWanted = false;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  request(): void {
    this.#isWanted = true;
    if (!this.#isBusy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    while (this.#isWanted) {
      this.#isWanted = false;
      await this.#work();
    }
    this.#isBusy = false;
  }
}
