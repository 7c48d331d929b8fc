/** The connection of a worker in a thread of this process: messages go over a port, vectors through memory that both see. */
import type { MessagePort } from 'node:worker_threads';
import { ByeCode, type ByeName } from '@shoal/core';
import {
  Batch,
  type PostedToCoordinator,
  type PostedToWorker,
  SharedVector,
  SharedVectorPool,
  sizeOf,
} from '@shoal/worker';
import { PhasedConnection, type PhasedConnectionOptions } from './phasedConnection.ts';
import type { Outgoing } from './workerConnection.ts';

/** Parameters in shared memory: written once for each version, whatever the number of workers that read it. */
export class SharedParameters {
  readonly #pool = new SharedVectorPool();
  #latest: { readonly outgoing: Outgoing; readonly vector: SharedVector } | null = null;

  /** Where they lie, lent to one more reader. */
  lend(outgoing: Outgoing, bytes: Uint8Array): SharedVector {
    if (this.#latest?.outgoing === outgoing) {
      this.#latest.vector.lend();
      return this.#latest.vector;
    }
    // This coordinator is a reader of the latest itself: it is not written over while others may still be told of it.
    this.#latest?.vector.giveBack();
    const vector = this.#pool.take(bytes.length);
    vector.bytes.set(bytes);
    vector.lend();
    this.#latest = { outgoing, vector };
    return vector;
  }

  abandon(vector: SharedVector): void {
    this.#pool.abandon(vector);
    if (this.#latest?.vector === vector) this.#latest = null;
  }
}

export class MemoryConnection extends PhasedConnection {
  readonly #port: MessagePort;
  readonly #parameters: SharedParameters;
  readonly #batch: Batch<PostedToWorker>;
  /** How many of the things that were posted the worker has read, by its word. */
  readonly #read: Int32Array;
  #dropped = 0;
  /** The others, the oldest first. */
  readonly #unread: number[] = [];
  #unreadBytes = 0;
  /** Parameters that the worker may be reading or about to read. */
  readonly #lent = new Set<SharedVector>();

  constructor(
    options: Omit<PhasedConnectionOptions, 'address' | 'answerBytesMax'> & {
      readonly port: MessagePort;
      readonly read: SharedArrayBuffer;
      readonly parameters: SharedParameters;
    },
  ) {
    super({ ...options, address: '', answerBytesMax: Number.POSITIVE_INFINITY });
    this.#port = options.port;
    this.#parameters = options.parameters;
    this.#read = new Int32Array(options.read);
    this.#batch = new Batch((batch) => this.#port.postMessage(batch));
  }

  /** Starts to listen; `clock` is in milliseconds. */
  listen(clock: () => number): void {
    this.#port.on('message', (batch: readonly PostedToCoordinator[]) => {
      this.seen(clock());
      for (const one of batch) this.#take(one);
    });
    this.#port.on('close', () => this.#gone());
    this.#add({ type: 'opened' }, 0);
  }

  #take(one: PostedToCoordinator): void {
    switch (one.type) {
      case 'said':
        this.bytesReceived += sizeOf(one.message);
        return this.hear(one.message);
      case 'partial': {
        const vector = new SharedVector(one.memory);
        const message = { ...one.message, vector: vector.bytes };
        this.bytesReceived += sizeOf(message);
        try {
          return this.hear(message);
        } finally {
          vector.giveBack();
        }
      }
      case 'closed':
        return this.terminate();
    }
  }

  #add(posted: PostedToWorker, bytes: number): void {
    this.#unread.push(bytes);
    this.#unreadBytes += bytes;
    this.#batch.add(posted);
  }

  get bytesWaiting(): number {
    for (const read = Atomics.load(this.#read, 0); this.#dropped < read; this.#dropped += 1) {
      this.#unreadBytes -= this.#unread.shift() ?? 0;
    }
    return this.#unreadBytes;
  }

  protected write(outgoing: Outgoing): void {
    const { message } = outgoing;
    const bytes = sizeOf(message);
    const { connectionBytesMax } = this.limits;
    if (this.bytesWaiting + bytes > connectionBytesMax) {
      const detail = `More than ${connectionBytesMax} bytes wait to be read by this worker.`;
      return this.cut({ type: 'limitReached', limit: 'connectionBytesMax', detail });
    }
    this.bytesSent += bytes;
    if (message.type !== 'parameters') {
      this.#add({ type: 'said', message }, bytes);
      // It waits for nothing as it waits for this.
      if (message.type === 'lease') this.#batch.flush();
      return;
    }
    const vector = this.#parameters.lend(outgoing, message.vector);
    for (const one of this.#lent) if (one.isFree) this.#lent.delete(one);
    this.#lent.add(vector);
    this.#add({ type: 'parameters', version: message.version, memory: vector.memory }, bytes);
  }

  protected closeInOrder(code: ByeName): void {
    this.#add({ type: 'closed', code: ByeCode[code].code }, 0);
    this.#batch.flush();
  }

  protected terminate(): void {
    this.#batch.flush();
    this.#port.close();
    this.#gone();
  }

  /** Nobody reads any more. */
  #gone(): void {
    for (const vector of this.#lent) this.#parameters.abandon(vector);
    this.#lent.clear();
    this.#unread.length = 0;
    // As a WebSocket says it that breaks without a word.
    this.closed({ type: 'socketClosed', code: 1006 });
  }
}
