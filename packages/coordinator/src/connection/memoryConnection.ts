/** The connection of a worker in a thread of this process: messages go over a port, vectors through memory that both see. */
import type { MessagePort } from 'node:worker_threads';
import { ByeCode, type ByeName, type CoordinatorSaying, type UnsealedParameters } from '@shoal/core';
import {
  Batch,
  type ParametersPlace,
  type PostedToCoordinator,
  type PostedToWorker,
  SharedVector,
  sizeOf,
  WORKERS_WORD,
} from '@shoal/worker';
import { PhasedConnection, type PhasedConnectionOptions } from './phasedConnection.ts';
import type { Outgoing } from './workerConnection.ts';

export class MemoryConnection extends PhasedConnection {
  readonly #port: MessagePort;
  readonly #batch: Batch<PostedToWorker>;
  readonly #word: Int32Array;
  #dropped = 0;
  /** The others, the oldest first. */
  readonly #unread: number[] = [];
  #unreadBytes = 0;
  /** Versions of the parameters that the worker was told of. */
  #lent = 0;
  #isGone = false;

  constructor(
    options: Omit<PhasedConnectionOptions, 'address' | 'answerBytesMax'> & {
      readonly port: MessagePort;
      readonly word: SharedArrayBuffer;
    },
  ) {
    super({ ...options, address: '', answerBytesMax: Number.POSITIVE_INFINITY });
    this.#port = options.port;
    this.#word = new Int32Array(options.word);
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
    const read = Atomics.load(this.#word, WORKERS_WORD.read);
    for (; this.#dropped < read; this.#dropped += 1) {
      this.#unreadBytes -= this.#unread.shift() ?? 0;
    }
    return this.#unreadBytes;
  }

  protected write(outgoing: Outgoing): void {
    const { shared } = outgoing;
    const place = shared?.place ?? placeOf(outgoing.message);
    const bytes = place === null ? sizeOf(outgoing.message) : place.byteLength;
    const { connectionBytesMax } = this.limits;
    if (this.bytesWaiting + bytes > connectionBytesMax) {
      const detail = `More than ${connectionBytesMax} bytes wait to be read by this worker.`;
      return this.cut({ type: 'limitReached', limit: 'connectionBytesMax', detail });
    }
    this.bytesSent += bytes;
    if (place === null)
      return this.#say(outgoing.message as Exclude<CoordinatorSaying, UnsealedParameters>, bytes);
    const index = this.#lent;
    this.#lent += 1;
    shared?.lend(() => this.#isGone || Atomics.load(this.#word, WORKERS_WORD.returned) > index);
    this.#add({ type: 'parameters', ...place }, bytes);
  }

  #say(message: Exclude<CoordinatorSaying, UnsealedParameters>, bytes: number): void {
    this.#add({ type: 'said', message }, bytes);
    // It waits for nothing as it waits for this.
    if (message.type === 'lease') this.#batch.flush();
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
    this.#isGone = true;
    this.#unread.length = 0;
    // As a WebSocket says it that breaks without a word.
    this.closed({ type: 'socketClosed', code: 1006 });
  }
}

/** Parameters that lie nowhere where the worker sees them, copied for it alone; null for anything else. */
function placeOf(message: CoordinatorSaying): ParametersPlace | null {
  if (message.type !== 'parameters') return null;
  const { version, vector } = message;
  const memory = new SharedArrayBuffer(vector.length);
  new Uint8Array(memory).set(vector);
  return { version, memory, byteOffset: 0, byteLength: vector.length, arrival: null };
}
