/** A line to a coordinator that counts what a worker sends over its WebSocket, and the data blocks that it asks for. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { onTestFinished } from 'vitest';

export class CountingLine {
  readonly url: string;
  readonly blocks: string[] = [];
  bytesUp = 0;
  blockBytesDown = 0;
  /** Asked for by the time that so many bytes had gone up. */
  readonly #marks: { readonly bytesUp: number; readonly blocks: number }[] = [];

  private constructor(url: string) {
    this.url = url;
  }

  static async to(link: string): Promise<CountingLine> {
    const { port, pathname, hash } = new URL(link);
    let line: CountingLine | null = null;
    const server = createServer((near) => {
      const far = connect({ port: Number(port), host: '127.0.0.1' });
      let isSocket = false;
      near.on('data', (chunk) => {
        const head = chunk.toString('latin1');
        if (/^upgrade: websocket/im.test(head)) isSocket = true;
        else if (!isSocket) line?.blocks.push(...(head.match(/(?<=^GET \/blocks\/)[0-9a-f]{64}/gm) ?? []));
        if (isSocket) line?.up(chunk.length);
        far.write(chunk);
      });
      far.on('data', (chunk) => {
        if (!isSocket && line !== null) line.blockBytesDown += chunk.length;
        near.write(chunk);
      });
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.on('error', () => {});
        one.on('close', () => other.destroy());
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const nearPort = typeof address === 'object' && address !== null ? address.port : 0;
    line = new CountingLine(`http://127.0.0.1:${nearPort}${pathname}${hash}`);
    return line;
  }

  up(bytes: number): void {
    this.bytesUp += bytes;
    this.#marks.push({ bytesUp: this.bytesUp, blocks: this.blocks.length });
  }

  /** Blocks that had been asked for when so many bytes had gone up. */
  blocksAt(bytesUp: number): number {
    return this.#marks.find((mark) => mark.bytesUp >= bytesUp)?.blocks ?? Number.NaN;
  }
}
