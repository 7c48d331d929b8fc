/** A channel to a coordinator in the same process: messages go over a port, vectors through memory that both see. */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { WorkerSaying } from '@shoal/core';
import type { Channel, ChannelEvents } from '../shell/channel.ts';
import {
  Batch,
  type ConnectMessage,
  type ParametersPlace,
  type PostedToCoordinator,
  type PostedToWorker,
  sizeOf,
  WORKERS_WORD,
} from './memoryMessages.ts';
import { SharedVectorPool } from './sharedVector.ts';

/** A session keeps two versions of the parameters, which it reads where they lie; a third is being taken. */
export const VERSIONS_LENT = 3;

/** A thread that waits for parameters is woken when they are there; it looks by itself as well. */
const LOOK_AGAIN_MS = 100;

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
  readonly #word = new Int32Array(new SharedArrayBuffer(8));
  readonly #batch: Batch<PostedToCoordinator>;
  /** Versions of the parameters that the session may still read. */
  #versions = 0;
  /** Of the latest version, which may still be being written. */
  #arrival: ParametersPlace['arrival'] = null;
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
    ask({ type: 'connect', port: port2, word: this.#word.buffer as SharedArrayBuffer });
  }

  #happened(one: Happening): void {
    if (this.#held !== null) this.#held.push(one);
    else this.#take(one);
  }

  #take(one: Happening): void {
    this.#hear(one);
    // After a vector in it has been given back: until then it is the coordinator's to look after.
    Atomics.add(this.#word, WORKERS_WORD.read, 1);
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
        const { version, memory, byteOffset, byteLength } = one;
        const vector = new Uint8Array(memory, byteOffset, byteLength);
        const message = { type: 'parameters', version, base: null, checksum: null, vector } as const;
        this.#versions += 1;
        this.#arrival = one.arrival;
        if (this.#phase === 'open') this.#events.onMessage(message, sizeOf(message));
        // By now the session has let go of the oldest.
        if (this.#versions < VERSIONS_LENT) return;
        this.#versions -= 1;
        Atomics.add(this.#word, WORKERS_WORD.returned, 1);
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

  settle(): void {
    const arrival = this.#arrival;
    if (arrival === null) return;
    const number = new Int32Array(arrival.memory);
    for (let now = number[0] as number; now < arrival.number; now = Atomics.load(number, 0)) {
      Atomics.wait(number, 0, now, LOOK_AGAIN_MS);
    }
    this.#arrival = null;
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
