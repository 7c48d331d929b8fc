/** What the coordinator's connection sees of a simulated link: the few members of a WebSocket that it uses. */
import { EventEmitter } from 'node:events';
import type { FrameSocket } from '@shoal/coordinator/simulation';
import type { Link } from './link.ts';

export class SimSocket extends EventEmitter {
  readonly #link: Link;

  constructor(link: Link) {
    super();
    this.#link = link;
  }

  get bufferedAmount(): number {
    return this.#link.bufferedBy('coordinator');
  }

  send(frame: Uint8Array): void {
    this.#link.send('coordinator', frame);
  }

  close(code: number, reason: string): void {
    this.#link.close('coordinator', code, reason);
  }

  terminate(): void {
    this.#link.drop('coordinator');
  }

  asFrameSocket(): FrameSocket {
    return this as unknown as FrameSocket;
  }
}
