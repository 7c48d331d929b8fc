/** A channel to a coordinator in the same process: messages go over a port, vectors through memory that both see. */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { WorkerSaying } from '@shoal/core';
import type { Channel, ChannelEvents } from '../shell/channel.ts';
import {
  Batch,
  type ConnectMessage,
  type PostedToCoordinator,
  type PostedToWorker,
  sizeOf,
} from './memoryMessages.ts';
import { SharedVector, SharedVectorPool } from './sharedVector.ts';

/** A session keeps two versions of the parameters, which it reads where they lie; a third is being taken. */
export const VERSIONS_LENT = 3;

/** What has happened on the port, in its order. */
type Happening = PostedToWorker | { readonly type: 'gone' };

/** `ask` hands the other end of a connection to the coordinator. */
export function memoryChannel(ask: (message: ConnectMessage) => void): (events: ChannelEvents) => Channel {
  const pool = new SharedVectorPool();
  return (events) => new MemoryChannel(ask, pool, events);
}

class MemoryChannel implements Channel {
  readonly #events: ChannelEvents;
  readonly #pool: SharedVectorPool;
  readonly #port: MessagePort;
  readonly #read = new Int32Array(new SharedArrayBuffer(4));
  readonly #batch: Batch<PostedToCoordinator>;
  /** Parameters that the session may still read, the oldest first. */
  readonly #versions: SharedVector[] = [];
  #phase: 'opening' | 'open' | 'over' = 'opening';
  /** What waits while nothing is read; null while it is. */
  #held: Happening[] | null = null;

  constructor(ask: (message: ConnectMessage) => void, pool: SharedVectorPool, events: ChannelEvents) {
    this.#events = events;
    this.#pool = pool;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#batch = new Batch((batch) => port1.postMessage(batch));
    port1.on('message', (batch: readonly PostedToWorker[]) => {
      for (const one of batch) this.#happened(one);
    });
    port1.on('close', () => this.#happened({ type: 'gone' }));
    ask({ type: 'connect', port: port2, read: this.#read.buffer as SharedArrayBuffer });
  }

  #happened(one: Happening): void {
    if (this.#held !== null) this.#held.push(one);
    else this.#take(one);
  }

  #take(one: Happening): void {
    this.#hear(one);
    // After a vector in it has been given back: until then it is the coordinator's to look after.
    Atomics.add(this.#read, 0, 1);
  }

  #hear(one: Happening): void {
    switch (one.type) {
      case 'opened':
        if (this.#phase !== 'opening') return;
        this.#phase = 'open';
        return this.#events.onOpen();
      case 'said':
        if (this.#phase === 'open') this.#events.onMessage(one.message, sizeOf(one.message));
        return;
      case 'parameters': {
        const shared = new SharedVector(one.memory);
        this.#versions.push(shared);
        const { version } = one;
        const message = {
          ...({ type: 'parameters', version, base: null, checksum: null } as const),
          vector: shared.bytes,
        };
        if (this.#phase === 'open') this.#events.onMessage(message, sizeOf(message));
        // By now the session has let go of the oldest.
        if (this.#versions.length >= VERSIONS_LENT) this.#versions.shift()?.giveBack();
        return;
      }
      case 'closed':
        return this.#end(one.code);
      case 'gone':
        return this.#end(null);
    }
  }

  #end(code: number | null): void {
    const phase = this.#phase;
    if (phase === 'over') return;
    this.#phase = 'over';
    this.#port.close();
    if (phase === 'open') return this.#events.onClosed(code, { type: 'connectionClosed' });
    const reason = { type: 'nothingListens', host: 'this computer' } as const;
    this.#events.onFailed({ cause: 'unreachable', reason, isFinal: false, retryAfterMs: null });
  }

  send(message: WorkerSaying): number {
    if (this.#phase !== 'open') return 0;
    const size = sizeOf(message);
    if (message.type === 'partial' && message.vector !== null) {
      const { vector, ...rest } = message;
      const shared = this.#pool.take(vector.length);
      shared.bytes.set(vector);
      this.#batch.add({ type: 'partial', message: rest, memory: shared.memory });
    } else {
      this.#batch.add({ type: 'said', message });
    }
    return size;
  }

  close(): void {
    if (this.#phase === 'over') return;
    this.#batch.add({ type: 'closed' });
  }

  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const one of held) this.#happened(one);
  }

  cut(): void {
    this.#phase = 'over';
    this.#port.close();
  }
}
