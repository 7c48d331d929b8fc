/**
 * What the two ends of a connection within one process post to each other: messages as they are, and vectors by the
 * memory that they lie in. They come in batches, one for each turn of the event loop in which something was said.
 */

import type { MessagePort } from 'node:worker_threads';
import type { CoordinatorSaying, UnsealedParameters, UnsealedPartial, WorkerSaying } from '@shoal/core';

export type PostedToWorker =
  /** The connection is there; nothing comes before. */
  | { readonly type: 'opened' }
  | { readonly type: 'said'; readonly message: Exclude<CoordinatorSaying, UnsealedParameters> }
  | ({ readonly type: 'parameters' } & ParametersPlace)
  /** The last. `code` is that of a WebSocket which is closed for the same reason. */
  | { readonly type: 'closed'; readonly code: number };

/** Where a version of the parameters lies. It stays as it is until the worker has given it back. */
export type ParametersPlace = {
  readonly version: number;
  readonly memory: SharedArrayBuffer;
  readonly byteOffset: number;
  readonly byteLength: number;
  /** They may still be being written: they are there once the number in `memory` has come to `number`. Null: they are. */
  readonly arrival: { readonly memory: SharedArrayBuffer; readonly number: number } | null;
};

export type PostedToCoordinator =
  | { readonly type: 'said'; readonly message: WorkerSaying }
  | {
      readonly type: 'partial';
      readonly message: Omit<UnsealedPartial, 'vector'>;
      readonly memory: SharedArrayBuffer;
    }
  /** The last. */
  | { readonly type: 'closed' };

/** From a thread to the coordinator that started it: it wants a connection, and this is its other end. */
export type ConnectMessage = {
  readonly type: 'connect';
  readonly port: MessagePort;
  /** [2] int32, by `WORKERS_WORD`. */
  readonly word: SharedArrayBuffer;
};

/** What a worker says of what was posted to it without a message: how many things it has read, and how many versions of the
 * parameters it needs no more, the oldest first. */
export const WORKERS_WORD = { read: 0, returned: 1 } as const;

/** What is said besides vectors takes so much, roughly. */
const MESSAGE_BYTES = 256;

/** About what a message would take on a line: it has no bytes of its own here. */
export function sizeOf(message: WorkerSaying | CoordinatorSaying): number {
  switch (message.type) {
    case 'partial':
      return MESSAGE_BYTES + (message.vector?.length ?? 0);
    case 'parameters':
      return MESSAGE_BYTES + message.vector.length;
    case 'lease':
      return MESSAGE_BYTES + (message.values?.length ?? 0);
    default:
      return MESSAGE_BYTES;
  }
}

/** Posts what is said within one turn as one batch, which wakes the other thread once. */
export class Batch<T> {
  readonly #post: (batch: readonly T[]) => void;
  #waiting: T[] = [];

  constructor(post: (batch: readonly T[]) => void) {
    this.#post = post;
  }

  add(item: T): void {
    this.#waiting.push(item);
    if (this.#waiting.length === 1) queueMicrotask(() => this.flush());
  }

  flush(): void {
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    this.#post(batch);
  }
}
