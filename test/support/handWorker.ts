/**
 * A worker in the test's own process that computes right answers until it is told to hold. A run that has no other worker
 * goes on only as fast as the test does, so on the slowest machine it is not over before the test has done its part.
 */
import { KERNEL_BUILD, type RunSpec } from '@shoal/core';
import { type ExactWork, exactWork } from './exactCompute.ts';
import { answersTo, ForeignWorker, helloWith, type Message } from './foreignWorker.ts';

export class HandWorker {
  readonly #worker: ForeignWorker;
  readonly #work: ExactWork;
  /** Leases that wait to be answered; null while it answers at once. */
  #held: Message[] | null = null;

  private constructor(worker: ForeignWorker, work: ExactWork) {
    this.#worker = worker;
    this.#work = work;
    worker.versions.set(0, work.initial);
    worker.onMessage((message) => {
      if (message.type === 'lease') this.#take(message);
    });
  }

  static async join(url: string, spec: RunSpec): Promise<HandWorker> {
    const one = new HandWorker(await ForeignWorker.connect(url), await exactWork(spec));
    one.#worker.send(helloWith(url, { kernels: KERNEL_BUILD, name: 'by hand' }));
    return one;
  }

  /** From now on it keeps what it is given, and the run stands still. */
  hold(): void {
    this.#held ??= [];
  }

  /** It answers what it holds, and goes on. */
  goOn(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const lease of held) this.#take(lease);
  }

  #take(lease: Message): void {
    if (this.#held !== null) {
      this.#held.push(lease);
      return;
    }
    for (const answer of answersTo(lease, this.#worker, this.#work.compute)) {
      this.#worker.send(answer);
    }
  }
}
