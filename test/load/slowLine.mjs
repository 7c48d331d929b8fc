/**
 * A line to a coordinator on this machine that carries so much each way and takes its time: in pieces of a packet's size,
 * one behind the other, with a bounded queue at either end. Bytes are counted by whether they belong to the WebSocket or to
 * requests for pages and data.
 */
import { connect, createServer } from 'node:net';

const PACKET_BYTES = 1_448;
/** What a modem's queue holds; who sends more waits. */
const QUEUE_BYTES = 131_072;

export class SlowLine {
  /** Since it was opened: `up` is from whoever joins to the coordinator. */
  bytes = { socket: { up: 0, down: 0 }, requests: { up: 0, down: 0 } };
  #server;
  #sockets = new Set();
  /** When each way will have carried what it was given, for everybody on the line. */
  #free = { up: 0, down: 0 };
  #rates;
  #delayMs;
  port = 0;

  /** Rates in bits a second, the delay one way in milliseconds; to `port` on the loopback address. */
  static async to(port, { upBitsPerSecond, downBitsPerSecond, delayMs }) {
    const line = new SlowLine();
    line.#rates = { up: upBitsPerSecond, down: downBitsPerSecond };
    line.#delayMs = delayMs;
    line.#server = createServer((near) => line.#carry(near, port));
    await new Promise((resolve) => line.#server.listen(0, '127.0.0.1', resolve));
    line.port = line.#server.address().port;
    return line;
  }

  #carry(near, port) {
    const far = connect(port, '127.0.0.1');
    let kind = 'requests';
    near.once('data', (chunk) => {
      if (/^upgrade: websocket/im.test(chunk.toString('latin1'))) kind = 'socket';
    });
    for (const [from, to, way] of [
      [near, far, 'up'],
      [far, near, 'down'],
    ]) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      /** Pieces under way, the oldest first: they arrive in their order. */
      const under = [];
      let queued = 0;
      let ended = false;
      const arrive = () => {
        while (under.length > 0 && under[0].dueAt <= performance.now()) {
          const { piece } = under.shift();
          queued -= piece.length;
          if (!to.destroyed) to.write(piece);
        }
        if (queued < QUEUE_BYTES / 2) from.resume();
        if (under.length > 0) setTimeout(arrive, Math.max(1, under[0].dueAt - performance.now()));
        else if (ended) to.end();
      };
      from.on('error', () => {});
      from.on('close', () => {
        this.#sockets.delete(from);
        setTimeout(() => to.destroy(), 10 * this.#delayMs + 100);
      });
      from.on('end', () => {
        ended = true;
        if (under.length === 0) to.end();
      });
      from.on('data', (chunk) => {
        this.bytes[kind][way] += chunk.length;
        const isIdle = under.length === 0;
        for (let at = 0; at < chunk.length; at += PACKET_BYTES) {
          const piece = chunk.subarray(at, at + PACKET_BYTES);
          queued += piece.length;
          under.push({ piece, dueAt: this.#dueAt(piece.length, way) });
        }
        if (isIdle) arrive();
        if (queued > QUEUE_BYTES) from.pause();
      });
    }
  }

  #dueAt(bytes, way) {
    this.#free[way] = Math.max(this.#free[way], performance.now()) + (8000 * bytes) / this.#rates[way];
    return this.#free[way] + this.#delayMs;
  }

  close() {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
