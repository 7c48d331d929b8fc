/**
 * One worker's connection, from the socket to valid messages: hello first, every frame checked, a stated reason
 * at the end. What a message means for the run is the driver's matter.
 */
import {
  ByeCode,
  type ByeName,
  type CoordinatorMessage,
  decodeWorkerMessage,
  encodeMessage,
  FrameError,
  type Hello,
  type ProtocolLimits,
  type WorkerMessage,
} from '@shoal/core';
import type { RawData, WebSocket } from 'ws';

export type ConnectionHandlers = {
  /** A well-formed hello; the handler welcomes the connection or ends it. */
  readonly hello: (connection: WorkerConnection, hello: Hello) => void;
  readonly message: (connection: WorkerConnection, message: WorkerMessage) => void;
  /** Called exactly once. */
  readonly closed: (connection: WorkerConnection, reason: string) => void;
};

/** What a connection needs of a WebSocket; a simulated one has no more. */
export type FrameSocket = Pick<WebSocket, 'on' | 'send' | 'close' | 'terminate' | 'bufferedAmount'>;

export class WorkerConnection {
  readonly id: number;
  readonly address: string;
  readonly #socket: FrameSocket;
  readonly #limits: ProtocolLimits;
  readonly #handlers: ConnectionHandlers;
  /** `admitting`: a hello has come and is being looked at. */
  #phase: 'greeting' | 'admitting' | 'open' | 'closing' | 'closed' = 'greeting';
  #closeReason: string | null = null;
  #lastSeen: number;
  readonly #openedAt: number;
  bytesReceived = 0;
  bytesSent = 0;
  #ping: { readonly nonce: number; readonly at: number } | null = null;
  /** From the last ping to its pong; null before the first. */
  rttMs: number | null = null;

  constructor(options: {
    readonly id: number;
    readonly address: string;
    readonly socket: FrameSocket;
    readonly limits: ProtocolLimits;
    readonly handlers: ConnectionHandlers;
    readonly now: number;
  }) {
    this.id = options.id;
    this.address = options.address;
    this.#socket = options.socket;
    this.#limits = options.limits;
    this.#handlers = options.handlers;
    this.#lastSeen = options.now;
    this.#openedAt = options.now;
  }

  /** Starts to listen; `clock` is in milliseconds. */
  listen(clock: () => number): void {
    this.#socket.on('message', (data, isBinary) => {
      this.#lastSeen = clock();
      this.#receive(data, isBinary);
    });
    this.#socket.on('error', (error) => {
      this.#closeReason ??= `the connection failed (${error.message})`;
    });
    this.#socket.on('close', (code) => this.#closed(`the connection closed (code ${code})`));
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#phase === 'closing' || this.#phase === 'closed') return;
    const frame = asBytes(data);
    this.bytesReceived += frame.length;
    if (!isBinary)
      return this.end('badMessage', 'Messages are binary MessagePack frames, but a text frame came.');
    if (this.#isGreeting && frame.length > this.#limits.helloBytesMax) {
      return this.end(
        'badMessage',
        `A hello has at most ${this.#limits.helloBytesMax} bytes, not ${frame.length}.`,
      );
    }
    let message: WorkerMessage;
    try {
      message = decodeWorkerMessage(frame);
    } catch (error) {
      const text = error instanceof FrameError ? error.message : 'The frame could not be decoded.';
      return this.end('badMessage', text);
    }
    if (this.#phase === 'greeting') {
      if (message.type !== 'hello') {
        return this.end('badMessage', `The first message is "hello", not "${message.type}".`);
      }
      this.#phase = 'admitting';
      this.#handlers.hello(this, message);
    } else if (message.type === 'hello') {
      this.end('badMessage', 'A connection says "hello" once.');
    } else if (this.#phase === 'admitting') {
      this.end('badMessage', `A worker waits for its welcome before it says "${message.type}".`);
    } else if (message.type === 'pong') {
      if (message.nonce === this.#ping?.nonce) this.rttMs = this.#lastSeen - this.#ping.at;
    } else {
      this.#handlers.message(this, message);
    }
  }

  /** The hello was accepted. */
  open(): void {
    if (this.#phase === 'admitting') this.#phase = 'open';
  }

  send(message: CoordinatorMessage): void {
    this.sendFrame(encodeMessage(message));
  }

  /** Sends an encoded message; a receiver that does not read is cut off rather than buffered without bound. */
  sendFrame(frame: Uint8Array): void {
    if (this.#phase === 'closing' || this.#phase === 'closed') return;
    if (this.#socket.bufferedAmount + frame.length > this.#limits.sendQueueBytesMax) {
      const text = `More than ${this.#limits.sendQueueBytesMax} bytes wait to be read by this worker.`;
      this.#closeReason = text;
      this.#phase = 'closing';
      this.#socket.terminate();
      return;
    }
    this.bytesSent += frame.length;
    this.#socket.send(frame);
  }

  /** Says why and closes; the socket is torn down when the other side does not answer. */
  end(code: ByeName, message: string): void {
    if (this.#phase === 'closing' || this.#phase === 'closed') return;
    this.send({ type: 'bye', code, message });
    this.#phase = 'closing';
    this.#closeReason = message;
    this.#socket.close(ByeCode[code].code, code);
  }

  /** Looks after time: called every heartbeat. */
  beat(now: number, nonce: number): void {
    const limits = this.#limits;
    if (this.#phase === 'closing') {
      if (now - this.#lastSeen > limits.silenceMs) this.#socket.terminate();
    } else if (this.#isGreeting && now - this.#openedAt > limits.helloTimeoutMs) {
      this.end('silent', `No valid hello came within ${limits.helloTimeoutMs / 1000} s.`);
    } else if (now - this.#lastSeen > limits.silenceMs) {
      this.end('silent', `Nothing was heard for ${limits.silenceMs / 1000} s.`);
      this.#socket.terminate();
    } else if (this.#phase === 'open') {
      this.#ping = { nonce, at: now };
      this.send({ type: 'ping', nonce });
    }
  }

  get #isGreeting(): boolean {
    return this.#phase === 'greeting' || this.#phase === 'admitting';
  }

  /** The socket has been or is being closed. */
  get isOver(): boolean {
    return this.#phase === 'closing' || this.#phase === 'closed';
  }

  /** This process itself stood still: silence in that time is nobody's fault. */
  forgiveSilence(now: number): void {
    this.#lastSeen = now;
  }

  #closed(reason: string): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#handlers.closed(this, this.#closeReason ?? reason);
  }
}

function asBytes(data: RawData): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return Array.isArray(data) ? Buffer.concat(data) : data;
}
