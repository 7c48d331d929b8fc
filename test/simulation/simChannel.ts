/** A worker's channel over a simulated link. */
import { sealMessage, type WorkerSaying } from '@shoal/core';
import { type Channel, type ChannelEvents, readFrame } from '@shoal/worker';
import { Link, type LinkQuality } from './link.ts';
import type { SimSocket } from './simSocket.ts';
import type { World } from './world.ts';

export type SimChannelOptions = {
  readonly world: World;
  readonly quality: LinkQuality;
  /** The coordinator's side of the link, once it is there; null where nobody listens. */
  readonly accept: (link: Link) => SimSocket | null;
  /** What becomes of a frame on the way out. */
  readonly onTheWay?: (frame: Uint8Array) => Uint8Array;
};

export class SimChannel implements Channel {
  readonly link: Link;
  readonly #options: SimChannelOptions;
  readonly #events: ChannelEvents;
  #phase: 'opening' | 'open' | 'over' = 'opening';

  constructor(options: SimChannelOptions, events: ChannelEvents) {
    this.#options = options;
    this.#events = events;
    const { world, quality } = options;
    let socket: SimSocket | null = null;
    this.link = new Link(
      world,
      { ...quality },
      {
        worker: {
          frame: (bytes) => this.#receive(bytes),
          closed: (code, reason) => this.#closed(code, reason),
        },
        coordinator: {
          frame: (bytes) => socket?.emit('message', bytes, true),
          closed: (code) => socket?.emit('close', code),
        },
      },
    );
    world.after(quality.latencyMs * 2, () => {
      if (this.#phase !== 'opening') return;
      socket = options.accept(this.link);
      if (socket === null) return this.#fail();
      this.#phase = 'open';
      events.onOpen();
    });
  }

  get isOpen(): boolean {
    return this.#phase === 'open';
  }

  #fail(): void {
    this.#phase = 'over';
    const reason = { type: 'nothingListens', host: 'simulated' } as const;
    this.#events.onFailed({ cause: 'unreachable', reason, isFinal: false, retryAfterMs: null });
  }

  #receive(frame: Uint8Array): void {
    if (this.#phase === 'open') readFrame(frame, this.#events);
  }

  #closed(code: number, reason: string): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#events.onClosed(code, { type: 'connectionBroken', reason });
  }

  send(message: WorkerSaying): number {
    if (this.#phase !== 'open') return 0;
    const { onTheWay } = this.#options;
    const frame = sealMessage(message);
    this.link.send('worker', onTheWay === undefined ? frame : onTheWay(frame));
    return frame.length;
  }

  close(): void {
    this.link.close('worker', 1000, 'closed by the worker');
  }

  settle(): void {}

  hold(): void {
    this.link.hold('worker');
  }

  release(): void {
    this.link.release('worker');
  }

  cut(): void {
    this.#phase = 'over';
    this.link.drop('worker');
  }

  /** The process on this side is gone; the machine's network stack resets the connection. */
  crash(noticeMs: number): void {
    this.#phase = 'over';
    this.link.abandon('worker');
    this.link.break({ worker: 0, coordinator: noticeMs });
  }
}
