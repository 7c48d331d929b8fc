/**
 * What is kept of one run and means nothing for another. It is kept with the run's name and read only as long as that
 * is the run which is shown, so that nothing computed for a run outlives it, however late it comes.
 */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';

export class OfRun<T> {
  readonly #runId: ReadonlySignal<string | null>;
  readonly #empty: T;
  readonly #kept: Signal<{ readonly runId: string; readonly value: T } | null> = signal(null);

  /** `empty` is what is read of a run of which nothing was kept. */
  constructor(runId: ReadonlySignal<string | null>, empty: T) {
    this.#runId = runId;
    this.#empty = empty;
  }

  get value(): T {
    return this.#of(this.#kept.value, this.#runId.value);
  }

  peek(): T {
    return this.#of(this.#kept.peek(), this.#runId.peek());
  }

  /** `of` is the run that it was found out about: the one at hand when the question was asked, not when the answer came. */
  keep(of: string | null, value: T): void {
    if (of === null || of !== this.#runId.peek()) return;
    this.#kept.value = { runId: of, value };
  }

  #of(kept: { readonly runId: string; readonly value: T } | null, runId: string | null): T {
    return kept !== null && kept.runId === runId ? kept.value : this.#empty;
  }
}
