/** All connections of workers to one coordinator: their numbers, their traffic, and what is looked after with time. */
import type { ByeName, DismissalFact } from '@shoal/core';
import { cutTheSlowest } from './cutTheSlowest.ts';
import { type Outgoing, outgoing, type WorkerConnection } from './workerConnection.ts';

/** What a connection is asked by whoever keeps it. */
export interface KeptConnection extends WorkerConnection {
  /** It has said a valid hello, and is not about to end. */
  readonly isInside: boolean;
  /** The code with which this side has ended it; null where it has not. */
  readonly endedWith: ByeName | null;
  /** Bytes that wait to be read by the worker. */
  readonly bytesWaiting: number;
  /** Looks after time: called every heartbeat. `ping` is the one with this nonce, the same for everyone. */
  beat(now: number, nonce: number, ping: Outgoing): void;
  /** This process itself stood still: silence in that time is nobody's fault. */
  forgiveSilence(now: number): void;
  /** Ends it without a word, which would only be one more thing to read. */
  cut(why: DismissalFact): void;
}

export class Connections {
  readonly #open = new Map<number, KeptConnection>();
  readonly #closedTraffic = { sent: 0, received: 0 };
  #next = 1;
  #lastBeat: number;
  #nonce = 0;

  constructor(now: number) {
    this.#lastBeat = now;
  }

  /** The number of the connection that is added next. */
  get nextId(): number {
    return this.#next;
  }

  add(connection: KeptConnection): void {
    this.#open.set(connection.id, connection);
    this.#next = connection.id + 1;
  }

  /** It has closed. */
  remove({ id, bytesSent, bytesReceived }: KeptConnection): void {
    if (!this.#open.delete(id)) return;
    this.#closedTraffic.sent += bytesSent;
    this.#closedTraffic.received += bytesReceived;
  }

  get(id: number): KeptConnection | undefined {
    return this.#open.get(id);
  }

  get size(): number {
    return this.#open.size;
  }

  values(): IterableIterator<KeptConnection> {
    return this.#open.values();
  }

  /** Those whose hello has come. */
  get inside(): number {
    let inside = 0;
    for (const connection of this.#open.values()) if (connection.isInside) inside += 1;
    return inside;
  }

  /** Bytes of all messages to and from workers so far. */
  traffic(): { readonly sent: number; readonly received: number } {
    let { sent, received } = this.#closedTraffic;
    for (const { bytesSent, bytesReceived } of this.#open.values()) {
      sent += bytesSent;
      received += bytesReceived;
    }
    return { sent, received };
  }

  /** `bytesMax` bounds what waits to be read by all together. */
  beat(
    now: number,
    { heartbeatMs, bytesMax }: { readonly heartbeatMs: number; readonly bytesMax: number },
  ): void {
    const stoodStill = now - this.#lastBeat > 2 * heartbeatMs;
    this.#lastBeat = now;
    this.#nonce = (this.#nonce + 1) >>> 0;
    cutTheSlowest(this.#open.values(), {
      bytesMax,
      bytesWaiting: (connection) => connection.bytesWaiting,
      cut: (connection) =>
        connection.cut({
          type: 'limitReached',
          limit: 'queuesBytesMax',
          detail: `More than ${bytesMax} bytes wait to be read by all workers; this one is furthest behind.`,
        }),
    });
    const ping = outgoing({ type: 'ping', nonce: this.#nonce });
    for (const connection of this.#open.values()) {
      if (stoodStill) connection.forgiveSilence(now);
      connection.beat(now, this.#nonce, ping);
    }
  }
}
