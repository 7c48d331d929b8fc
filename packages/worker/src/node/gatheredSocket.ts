/**
 * A socket for a WebSocket, whose long frames are read into memory that goes round. Such a frame belongs to whoever the
 * WebSocket hands it to, who gives it back once it has been read.
 */
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { Duplex } from 'node:stream';
import { FrameGatherer, type FrameGathererOptions } from './frameGatherer.ts';

/** Bytes that are read at a time where no frame is being gathered. */
const READ_BYTES = 64 * 1024;
/** What is looked at of an answer to the request for a WebSocket. */
const ANSWER_BYTES_MAX = 64 * 1024;
const SWITCHING = /^HTTP\/1\.1 101 /;

export type GatheredSocketOptions = Omit<FrameGathererOptions, 'pass'>;

type Done = (error?: Error | null) => void;

export class GatheredSocket extends Duplex {
  readonly #socket: Socket;
  readonly #pool: GatheredSocketOptions['pool'];
  readonly #gatherer: FrameGatherer;
  /** Frames in memory of the pool that have been passed on and not been given back. */
  readonly #out = new Map<ArrayBufferLike, Uint8Array>();
  /** What has come of the answer that frames follow; null once they do, or if they never will. */
  #answer: string | null;
  #framed: boolean;

  private constructor(socket: Socket, { framed, ...options }: GatheredSocketOptions & { framed: boolean }) {
    super();
    this.#socket = socket;
    this.#pool = options.pool;
    this.#framed = framed;
    this.#answer = framed ? null : '';
    this.#gatherer = new FrameGatherer({
      ...options,
      pass: (bytes, isGathered) => {
        if (isGathered) this.#out.set(bytes.buffer, bytes);
        this.#pass(bytes);
      },
    });
    // Whoever listens is told as well; where nobody does any more it is no failure of this process.
    this.on('error', () => {});
    socket.on('data', (piece: Buffer) => this.#take(piece));
    socket.on('end', () => this.push(null));
    socket.on('timeout', () => this.emit('timeout'));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  /** Around a socket on which frames come from now on. @param head what has been read of them already */
  static around(socket: Socket, head: Buffer, options: GatheredSocketOptions): GatheredSocket {
    const gathered = new GatheredSocket(socket, { ...options, framed: true });
    if (head.length > 0) gathered.#take(head);
    return gathered;
  }

  /** Opens a connection, on which frames follow the answer to a request. They are read to where they are gathered. */
  static connect(where: TcpNetConnectOpts, options: GatheredSocketOptions): GatheredSocket {
    const read = Buffer.allocUnsafeSlow(READ_BYTES);
    /** Asked for before there is anything to gather in, too. */
    let room: () => Buffer | null = () => null;
    const socket = connect({
      ...where,
      onread: {
        buffer: () => room() ?? read,
        callback: (bytes, buffer) => {
          if (buffer !== read) gathered.#gatherer.filled(bytes);
          // It is written over by what is read next.
          else gathered.#take(Buffer.from(read.subarray(0, bytes)));
          return true;
        },
      },
    });
    const gathered = new GatheredSocket(socket, { ...options, framed: false });
    room = () => gathered.#gatherer.room;
    return gathered;
  }

  /** What the WebSocket made of a frame has been read; nothing happens to what lies elsewhere. */
  giveBack(frame: Uint8Array): void {
    if (this.#out.delete(frame.buffer)) this.#pool.giveBack(frame);
  }

  /** Somebody goes on using it. */
  abandon(frame: Uint8Array): void {
    if (this.#out.delete(frame.buffer)) this.#pool.abandon(frame);
  }

  #take(piece: Buffer): void {
    if (this.#framed) return this.#gatherer.take(piece);
    if (this.#answer === null) return this.#pass(piece);
    const before = this.#answer.length;
    this.#answer += piece.toString('latin1');
    const end = this.#answer.indexOf('\r\n\r\n');
    if (end < 0 && this.#answer.length <= ANSWER_BYTES_MAX) return this.#pass(piece);
    this.#framed = end >= 0 && SWITCHING.test(this.#answer);
    this.#answer = null;
    if (!this.#framed) return this.#pass(piece);
    const rest = end + 4 - before;
    this.#pass(piece.subarray(0, rest));
    if (rest < piece.length) this.#gatherer.take(piece.subarray(rest));
  }

  #pass(bytes: Buffer): void {
    if (!this.push(bytes)) this.#socket.pause();
  }

  setTimeout(ms: number): this {
    this.#socket.setTimeout(ms);
    return this;
  }

  setNoDelay(): this {
    this.#socket.setNoDelay();
    return this;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#socket.write(bytes, done);
  }

  override _writev(all: { readonly chunk: Buffer }[], done: Done): void {
    this.#socket.cork();
    all.forEach(({ chunk }, i) => {
      if (i < all.length - 1) this.#socket.write(chunk);
      else this.#socket.write(chunk, done);
    });
    this.#socket.uncork();
  }

  override _final(done: Done): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#gatherer.close();
    for (const frame of this.#out.values()) this.#pool.abandon(frame);
    this.#out.clear();
    this.#socket.destroy();
    done(error);
  }
}
