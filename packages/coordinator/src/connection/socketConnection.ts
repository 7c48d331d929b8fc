/**
 * A worker's connection over a WebSocket, from its frames to valid messages: hello first, every frame checked, a stated
 * reason at the end. What a message means for the run is for the driver to say.
 */
import {
  ByeCode,
  type ByeName,
  type DepartureFact,
  type DismissalFact,
  decodeWorkerMessage,
  encodeMessage,
  FrameError,
  sentence,
  type WorkerMessage,
} from '@shoal/core';
import type { RawData, WebSocket } from 'ws';
import { Allowance } from '../access/allowance.ts';
import type { ServerLimits } from '../limits/limits.ts';
import type { KeptConnection } from './connections.ts';
import type { ConnectionHandlers, Outgoing } from './workerConnection.ts';

/** What a connection needs of a WebSocket; a simulated one has no more. */
export type FrameSocket = Pick<WebSocket, 'on' | 'send' | 'close' | 'terminate' | 'bufferedAmount'>;

/** What a WebSocket adds to a message (RFC 6455, 5.2), and a few control frames. */
const FRAMING_BYTES_MAX = 256;
/** What the protocol lets a `bye` say. */
const BYE_LENGTH_MAX = 1024;
/** What may still arrive of a message that was on its way when the connection was ended. */
const CLOSING_BYTES_MAX = 1024 * 1024;

export class SocketConnection implements KeptConnection {
  readonly id: number;
  readonly address: string;
  /** One from before a run with a larger model takes less than that run needs. */
  readonly answerBytesMax: number;
  readonly #socket: FrameSocket;
  readonly #limits: ServerLimits;
  readonly #handlers: ConnectionHandlers<SocketConnection>;
  /** `admitting`: a hello has come and is being looked at. */
  #phase: 'greeting' | 'admitting' | 'open' | 'closing' | 'closed' = 'greeting';
  #now: () => number;
  readonly #allowance: Allowance;
  /** What a connection may hold here: the named limit, or four frames of the model if that is more. */
  readonly #heldBytesMax: number;
  /** Bytes that have arrived since the last whole message. */
  #unfinishedBytes = 0;
  #closeReason: DepartureFact | null = null;
  #endedWith: ByeName | null = null;
  #lastSeen: number;
  readonly #openedAt: number;
  bytesReceived = 0;
  bytesSent = 0;
  #ping: { readonly nonce: number; readonly at: number } | null = null;
  rttMs: number | null = null;

  constructor(options: {
    readonly id: number;
    readonly address: string;
    readonly socket: FrameSocket;
    readonly limits: ServerLimits;
    /** Largest frame a worker sends. */
    readonly answerBytesMax: number;
    readonly handlers: ConnectionHandlers<SocketConnection>;
    readonly now: number;
  }) {
    this.id = options.id;
    this.address = options.address;
    this.#socket = options.socket;
    this.#limits = options.limits;
    this.#handlers = options.handlers;
    this.#lastSeen = options.now;
    this.#openedAt = options.now;
    this.#now = () => options.now;
    this.answerBytesMax = options.answerBytesMax;
    this.#heldBytesMax = Math.max(options.limits.connectionBytesMax, 4 * options.answerBytesMax);
    this.#allowance = new Allowance({
      perSecond: options.limits.messagesPerSecondMax,
      most: options.limits.messagesBurstMax,
      now: options.now,
    });
  }

  /** Starts to listen; `clock` is in milliseconds. */
  listen(clock: () => number): void {
    this.#now = clock;
    this.#socket.on('message', (data, isBinary) => {
      this.#unfinishedBytes = 0;
      // Whoever has been told to go gains no time by going on.
      if (!this.isOver) this.#lastSeen = clock();
      if (this.#mayGoOn()) this.#receive(data, isBinary);
    });
    // Answered below this layer, but not for nothing.
    this.#socket.on('ping', () => this.#mayGoOn());
    this.#socket.on('error', (error) => {
      this.#closeReason ??= { type: 'socketFailed', problem: error.message };
    });
    this.#socket.on('close', (code) => this.#closed({ type: 'socketClosed', code }));
  }

  /** Bytes have come in, of a message that may or may not be complete with them. */
  arrived(bytes: number): void {
    this.#unfinishedBytes += bytes;
    const { helloBytesMax } = this.#limits;
    if (this.#phase === 'closing') {
      // Whoever goes on sending after the goodbye is not listened to until its time is over.
      if (this.#unfinishedBytes > CLOSING_BYTES_MAX) this.#socket.terminate();
    } else if (this.#phase === 'open') {
      this.#holdWithinBounds(0);
    } else if (this.#unfinishedBytes > helloBytesMax + FRAMING_BYTES_MAX) {
      this.#malformed(`A hello has at most ${helloBytesMax} bytes, not ${this.#unfinishedBytes} or more.`);
    }
  }

  #mayGoOn(): boolean {
    if (this.isOver) return false;
    if (this.#allowance.spend(this.#now())) return true;
    const { messagesPerSecondMax, messagesBurstMax } = this.#limits;
    this.end('tooFast', {
      type: 'tooManyMessages',
      perSecond: messagesPerSecondMax,
      atOnce: messagesBurstMax,
    });
    return false;
  }

  /** @returns whether `more` bytes may be queued as well; cuts the connection if not */
  #holdWithinBounds(more: number): boolean {
    if (this.#socket.bufferedAmount + this.#unfinishedBytes + more <= this.#heldBytesMax) return true;
    const detail = `More than ${this.#heldBytesMax} bytes wait to be read by this worker or to be complete.`;
    this.cut({ type: 'limitReached', limit: 'connectionBytesMax', detail });
    return false;
  }

  #receive(data: RawData, isBinary: boolean): void {
    const frame = asBytes(data);
    this.bytesReceived += frame.length;
    if (!isBinary) return this.#malformed('Messages are binary MessagePack frames, but a text frame came.');
    if (this.#isGreeting && frame.length > this.#limits.helloBytesMax) {
      return this.#malformed(`A hello has at most ${this.#limits.helloBytesMax} bytes, not ${frame.length}.`);
    }
    let message: WorkerMessage;
    try {
      message = decodeWorkerMessage(frame);
    } catch (error) {
      const text = error instanceof FrameError ? error.message : 'The frame could not be decoded.';
      return this.#malformed(text);
    }
    if (this.#phase === 'greeting') {
      if (message.type !== 'hello') {
        return this.#malformed(`The first message is "hello", not "${message.type}".`);
      }
      this.#phase = 'admitting';
      this.#handlers.hello(this, message);
    } else if (message.type === 'hello') {
      this.#malformed('A connection says "hello" once.');
    } else if (this.#phase === 'admitting') {
      this.#malformed(`A worker waits for its welcome before it says "${message.type}".`);
    } else if (message.type === 'pong') {
      if (message.nonce === this.#ping?.nonce) this.rttMs = this.#lastSeen - this.#ping.at;
    } else {
      this.#handlers.message(this, message);
    }
  }

  open(): void {
    if (this.#phase === 'admitting') this.#phase = 'open';
  }

  send(outgoing: Outgoing): void {
    this.#allowance.add(this.#limits.answersPerMessageMax);
    if (!this.isOver) this.#write(outgoing.frame);
  }

  /** A receiver that does not read is cut off rather than buffered without bound. */
  #write(frame: Uint8Array): void {
    if (this.isOver) return;
    if (!this.#holdWithinBounds(frame.length)) return;
    this.bytesSent += frame.length;
    this.#socket.send(frame);
  }

  /** Says why and closes; the socket is torn down when the other side does not answer. */
  end(code: ByeName, why: DepartureFact): void {
    if (this.isOver) return;
    const message = sentence(why, 'en').slice(0, BYE_LENGTH_MAX);
    this.#write(encodeMessage({ type: 'bye', code, message, ...(isToldAsData(why) && { fact: why }) }));
    this.#phase = 'closing';
    this.#closeReason = why;
    this.#endedWith = code;
    this.#socket.close(ByeCode[code].code, code);
  }

  get endedWith(): ByeName | null {
    return this.#endedWith;
  }

  beat(now: number, nonce: number, ping: Outgoing): void {
    const limits = this.#limits;
    if (this.#phase === 'closing') {
      if (now - this.#lastSeen > limits.silenceMs) this.#socket.terminate();
    } else if (this.#isGreeting && now - this.#openedAt > limits.helloTimeoutMs) {
      this.end('silent', { type: 'helloLate', seconds: limits.helloTimeoutMs / 1000 });
    } else if (now - this.#lastSeen > limits.silenceMs) {
      this.end('silent', { type: 'workerSilent', seconds: limits.silenceMs / 1000 });
      this.#socket.terminate();
    } else if (this.#phase === 'open') {
      this.#ping = { nonce, at: now };
      this.#write(ping.frame);
    }
  }

  get #isGreeting(): boolean {
    return this.#phase === 'greeting' || this.#phase === 'admitting';
  }

  get bytesWaiting(): number {
    return this.#socket.bufferedAmount;
  }

  cut(reason: DismissalFact): void {
    if (this.isOver) return;
    this.#closeReason = reason;
    this.#phase = 'closing';
    this.#endedWith = 'tooMany';
    this.#socket.terminate();
  }

  get isInside(): boolean {
    return this.#phase === 'admitting' || this.#phase === 'open';
  }

  get isOver(): boolean {
    return this.#phase === 'closing' || this.#phase === 'closed';
  }

  forgiveSilence(now: number): void {
    this.#lastSeen = now;
  }

  /** `detail` is for whoever writes a worker: a sentence. */
  #malformed(detail: string): void {
    this.end('badMessage', { type: 'messageMalformed', detail });
  }

  #closed(reason: DepartureFact): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#handlers.closed(this, this.#closeReason ?? reason);
  }
}

/** What is for whoever writes a worker stands in the sentence, and the code says the rest. */
const isToldAsData = ({ type }: DepartureFact): boolean => type !== 'text' && type !== 'messageMalformed';

function asBytes(data: RawData): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return Array.isArray(data) ? Buffer.concat(data) : data;
}
