/** A line between two processes that a test cuts without a word and mends again. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export class Line {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  /** Nothing passes, and nobody is told. */
  #isCut = false;

  private constructor(port: number, server: Server, sockets: Set<Socket>) {
    this.port = port;
    this.#server = server;
    this.#sockets = sockets;
  }

  /** `port`: where it listens; 0 for any. */
  static async to(farPort: number, port = 0): Promise<Line> {
    const sockets = new Set<Socket>();
    let line: Line | null = null;
    const server = createServer((near) => {
      const far = connect({ port: farPort, host: '127.0.0.1' });
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(from);
        if (line?.isCut) from.pause();
        from.on('error', () => {});
        from.on('close', () => {
          sockets.delete(from);
          to.destroy();
        });
        from.on('data', (chunk) => to.write(chunk));
      }
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    line = new Line(typeof address === 'object' && address !== null ? address.port : 0, server, sockets);
    return line;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  set isCut(isCut: boolean) {
    this.#isCut = isCut;
    for (const socket of this.#sockets) {
      if (isCut) socket.pause();
      else socket.resume();
    }
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
