/**
 * A TCP proxy in the test's process that makes a link slow: a delay each way, and so many bits a second in either
 * direction. What does not fit waits in a short queue and then in the sender, as on a home connection.
 */
import { createServer, connect as openSocket, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export type LinkQuality = { readonly delayMs: number; readonly bitsPerSecond: number };

/** What a router keeps before it makes the sender wait. */
const QUEUE_BYTES = 64 * 1024;
/** A chunk must not take longer than this on the line, so that the two ends share it fairly. */
const CHUNK_BYTES = 16 * 1024;

export class SlowLink {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #open = true;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** Listens on all addresses, since containers come from outside; ends with the test. */
  static async to(host: string, port: number, quality: LinkQuality): Promise<SlowLink> {
    const server = createServer({ allowHalfOpen: false, noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    const address = server.address();
    const link = new SlowLink(server, typeof address === 'object' && address !== null ? address.port : 0);
    // One line each way, whatever the number of connections on it.
    const lines = [new SlowLine(quality), new SlowLine(quality)] as const;
    server.on('connection', (near) => link.#join(near, host, port, lines));
    onTestFinished(() => link.#close());
    return link;
  }

  /** While it is shut, connections break and new ones are refused. */
  set open(open: boolean) {
    this.#open = open;
    if (!open) for (const socket of this.#sockets) socket.destroy();
  }

  #join(near: Socket, host: string, port: number, [up, down]: readonly [SlowLine, SlowLine]): void {
    if (!this.#open) {
      near.destroy();
      return;
    }
    const far = openSocket({ host, port, noDelay: true });
    up.carry(near, far);
    down.carry(far, near);
    for (const [socket, other] of [[near, far] as const, [far, near] as const]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }

  async #close(): Promise<void> {
    this.open = false;
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** One direction. */
class SlowLine {
  readonly #quality: LinkQuality;
  #freeAt = 0;

  constructor(quality: LinkQuality) {
    this.#quality = quality;
  }

  carry(from: Socket, to: Socket): void {
    const { delayMs, bitsPerSecond } = this.#quality;
    let waiting = 0;
    from.on('data', (data: Buffer) => {
      for (let at = 0; at < data.length; at += CHUNK_BYTES) {
        const chunk = data.subarray(at, at + CHUNK_BYTES);
        const now = performance.now();
        this.#freeAt = Math.max(now, this.#freeAt) + (chunk.length * 8_000) / bitsPerSecond;
        waiting += chunk.length;
        setTimeout(() => {
          waiting -= chunk.length;
          if (waiting < QUEUE_BYTES) from.resume();
        }, this.#freeAt - now);
        setTimeout(() => to.writable && to.write(chunk), this.#freeAt - now + delayMs);
      }
      if (waiting >= QUEUE_BYTES) from.pause();
    });
  }
}
