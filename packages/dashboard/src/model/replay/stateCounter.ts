/** Reads the test set with one kept state after another, always with the newest that was asked for. */
import type { Confusion } from '../lab/confusion.ts';
import { type LabProblem, problemOf } from '../lab/labProblem.ts';
import { Cancelled } from '../lab/pace.ts';
import { Latest } from '../latest.ts';
import type { ModelClient } from '../modelClient.ts';

type Kept = { readonly step: number; readonly parameters: Float32Array };

export type StateCounterOptions = {
  /** Has the model and the test set. */
  readonly client: Pick<ModelClient, 'tell' | 'ask'>;
  readonly onCounted: (step: number, confusion: Confusion) => void;
  readonly onProblem: (problem: LabProblem) => void;
};

export class StateCounter {
  readonly #options: StateCounterOptions;
  readonly #latest = new Latest(() => this.#count());
  #wanted: Kept | null = null;

  constructor(options: StateCounterOptions) {
    this.#options = options;
  }

  count(state: Kept): void {
    this.#wanted = state;
    this.#latest.request();
  }

  async #count(): Promise<void> {
    if (this.#wanted === null) return;
    const { client, onCounted, onProblem } = this.#options;
    const { step, parameters } = this.#wanted;
    try {
      client.tell({ type: 'parameters', values: parameters });
      onCounted(step, await client.ask('confusion', {}));
    } catch (error) {
      if (!(error instanceof Cancelled)) onProblem(problemOf(error));
    }
  }
}
