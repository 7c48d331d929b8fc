/** Parameters on their way to workers: one frame for all of them, in memory that goes round from version to version. */
import { type CoordinatorSaying, sealMessage, type UnsealedParameters } from '@shoal/core';
import type { FramePool } from '@shoal/worker';
import type { Outgoing, SharedPlace } from './workerConnection.ts';

export type ParametersOutgoingOptions = {
  /** As they are handed on in memory; asked for whenever it is needed, since the vector lies where memory can move. */
  readonly message: () => UnsealedParameters;
  /** As a frame carries them. */
  readonly framed: () => UnsealedParameters;
  readonly pool: FramePool;
  /** Where they lie in memory that local workers see; null where there is no room for them there. */
  readonly shared: () => SharedPlace | null;
};

export class ParametersOutgoing implements Outgoing {
  readonly #options: ParametersOutgoingOptions;
  #frame: Uint8Array | null = null;
  /** The frame lies in memory of the pool. */
  #isLent = false;
  #writers = 0;
  #isOver = false;

  constructor(options: ParametersOutgoingOptions) {
    this.#options = options;
  }

  get message(): CoordinatorSaying {
    return this.#options.message();
  }

  get shared(): SharedPlace | null {
    return this.#options.shared();
  }

  get frame(): Uint8Array {
    this.#frame ??= sealMessage(this.#options.framed(), (bytes) => {
      const lent = this.#options.pool.take(bytes);
      this.#isLent = lent !== null;
      return lent ?? new Uint8Array(bytes);
    });
    return this.#frame;
  }

  writing(): () => void {
    this.#writers += 1;
    return () => {
      this.#writers -= 1;
      this.#settle();
    };
  }

  /** Nobody is sent this version any more: its memory is free once the last connection has written it. */
  end(): void {
    this.#isOver = true;
    this.#settle();
  }

  #settle(): void {
    if (!this.#isOver || this.#writers > 0 || this.#frame === null) return;
    if (this.#isLent) this.#options.pool.giveBack(this.#frame);
    this.#frame = null;
  }
}
