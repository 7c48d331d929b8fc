/** A line to a coordinator that a test makes slow or breaks without a word: bytes go through it as fast as it says. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Little lies in it, so that what it is told soon shows. */
const BUFFER_BYTES = 4_096;

export class Line {
  /** Bytes a second, each way, of a WebSocket; pages and what belongs to them come at once. */
  bytesPerSecond = Number.POSITIVE_INFINITY;
  /** Nothing passes, and nobody is told. */
  isDead = false;
  readonly url: string;
  readonly #sockets: Set<Socket>;

  private constructor(url: string, sockets: Set<Socket>) {
    this.url = url;
    this.#sockets = sockets;
  }

  /** Ends the connections that go through it; whoever comes back gets through. */
  break(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** To the address of this link; closed when the test ends. */
  static async to(link: string): Promise<Line> {
    const { port, pathname, hash } = new URL(link);
    const sockets = new Set<Socket>();
    let line: Line | null = null;
    const server = createServer({ highWaterMark: BUFFER_BYTES }, (near) => {
      let isSocket = false;
      near.once('data', (chunk) => {
        isSocket = /^upgrade: websocket/im.test(chunk.toString('latin1'));
      });
      const far = connect({ port: Number(port), host: '127.0.0.1' });
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(from);
        from.on('error', () => {});
        from.on('close', () => {
          sockets.delete(from);
          to.destroy();
        });
        from.on('data', (chunk) => {
          from.pause();
          void line?.pass(isSocket ? chunk.length : 0).then(() => {
            if (!to.destroyed) to.write(chunk);
            from.resume();
          });
        });
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const address = server.address();
    const nearPort = typeof address === 'object' && address !== null ? address.port : 0;
    line = new Line(`http://127.0.0.1:${nearPort}${pathname}${hash}`, sockets);
    return line;
  }

  /** Resolves when so many bytes have passed. */
  async pass(bytes: number): Promise<void> {
    const ms = (bytes / this.bytesPerSecond) * 1_000;
    if (ms > 1) await new Promise((resolve) => setTimeout(resolve, ms));
    while (this.isDead) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
