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
  | { readonly type: 'parameters'; readonly version: number; readonly memory: SharedArrayBuffer }
  /** The last. `code` is that of a WebSocket which is closed for the same reason. */
  | { readonly type: 'closed'; readonly code: number };

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
  /** [1] int32: how many of the things that were posted to the worker it has read. */
  readonly read: SharedArrayBuffer;
};

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
