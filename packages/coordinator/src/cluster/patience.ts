/** How patiently a broker is asked that does not answer: whoever reads gives up in time, whoever writes does not. */
import { reasonOf } from '@shoal/core';
import { BrokerAway } from './broker.ts';

/** Between attempts while the broker is away. */
const RETRY_MS = 500;
/** Whoever only reads, a page say, is told after so many attempts that nothing comes. */
const READS_MAX = 10;

export type PatienceOptions = {
  readonly wait: (ms: number) => Promise<void>;
  /** The broker does not answer, or does so again. */
  readonly onAway: (isAway: boolean) => void;
};

export class Patience {
  readonly #options: PatienceOptions;
  #isClosed = false;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** As often as whoever reads has patience for. */
  async reading<T>(ask: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof BrokerAway)) throw error;
        if (attempt === READS_MAX || this.#isClosed) {
          throw new Error(`The cluster does not answer (${reasonOf(error)}).`);
        }
        await this.#options.wait(RETRY_MS);
      }
    }
  }

  /** As often as it takes while the broker is away; with `inDoubt` no more than once, which is then the answer. */
  async insist<T, D = never>(ask: () => Promise<T>, inDoubt?: D): Promise<T | D> {
    for (let isAway = false; ; isAway = true) {
      try {
        const answer = await ask();
        if (isAway) this.#options.onAway(false);
        return answer;
      } catch (error) {
        if (!(error instanceof BrokerAway)) throw error;
        if (this.#isClosed) throw new Error(`The cluster was left: ${reasonOf(error)}`);
        this.#options.onAway(true);
        await this.#options.wait(RETRY_MS);
        if (inDoubt !== undefined) return inDoubt;
      }
    }
  }

  /** Nothing is tried again any more. */
  close(): void {
    this.#isClosed = true;
  }
}
