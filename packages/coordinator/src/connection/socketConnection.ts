/** A worker's connection over a WebSocket: every frame is checked, and what may come at all is bounded. */
import { ByeCode, type ByeName, decodeWorkerMessage, FrameError, type WorkerMessage } from '@shoal/core';
import type { RawData } from 'ws';
import { Allowance } from '../access/allowance.ts';
import type { FrameSocket } from './frameSocket.ts';
import { LineMeter } from './lineMeter.ts';
import { PhasedConnection, type PhasedConnectionOptions } from './phasedConnection.ts';
import type { Outgoing } from './workerConnection.ts';

/** What a WebSocket adds to a message (RFC 6455, 5.2), and a few control frames. */
const FRAMING_BYTES_MAX = 256;
/** What may still arrive of a message that was on its way when the connection was ended. */
const CLOSING_BYTES_MAX = 1024 * 1024;

export class SocketConnection extends PhasedConnection {
  readonly #socket: FrameSocket;
  #now: () => number;
  #allowance: Allowance;
  /** What a connection may hold here: the named limit, or four frames of the model if that is more. */
  readonly #heldBytesMax: number;
  readonly #meter = new LineMeter();
  /** Bytes that have arrived since the last whole message. */
  #unfinishedBytes = 0;

  constructor(options: PhasedConnectionOptions & { readonly socket: FrameSocket }) {
    super(options);
    const { limits, now } = options;
    this.#socket = options.socket;
    this.#now = () => now;
    this.#heldBytesMax = Math.max(limits.connectionBytesMax, 4 * options.answerBytesMax);
    this.#allowance = new Allowance({
      perSecond: limits.messagesPerSecondMax,
      most: limits.messagesBurstMax,
      now,
    });
  }

  /** Starts to listen; `clock` is in milliseconds. */
  listen(clock: () => number): void {
    this.#now = clock;
    this.#socket.on('message', (data, isBinary) => {
      this.#unfinishedBytes = 0;
      const now = clock();
      this.#meter.whole(now);
      this.seen(now);
      const frame = asBytes(data);
      if (this.#mayGoOn()) this.#receive(frame, isBinary);
      this.#socket.giveBack?.(frame);
    });
    // Answered below the messages, but not for nothing.
    this.#socket.on('ping', () => this.#mayGoOn());
    this.#socket.on('pong', (nonce) => {
      if (this.#mayGoOn()) this.#meter.answered(nonce, clock(), this.rttMs);
    });
    this.#socket.on('error', (error) => this.because({ type: 'socketFailed', problem: error.message }));
    this.#socket.on('close', (code) => this.closed({ type: 'socketClosed', code }));
  }

  /** Bytes have come in, of a message that may or may not be complete with them. */
  arrived(bytes: number): void {
    this.#unfinishedBytes += bytes;
    this.#meter.piece(bytes, this.#now());
    const { helloBytesMax } = this.limits;
    if (this.isOver) {
      // Whoever goes on sending after the goodbye is not listened to until its time is over.
      if (this.#unfinishedBytes > CLOSING_BYTES_MAX) this.terminate();
    } else if (!this.isGreeting) {
      this.#holdWithinBounds(0);
    } else if (this.#unfinishedBytes > helloBytesMax + FRAMING_BYTES_MAX) {
      this.malformed(`A hello has at most ${helloBytesMax} bytes, not ${this.#unfinishedBytes} or more.`);
    }
  }

  #mayGoOn(): boolean {
    if (this.isOver) return false;
    if (this.#allowance.spend(this.#now())) return true;
    const { messagesPerSecondMax, messagesBurstMax } = this.limits;
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

  #receive(frame: Uint8Array, isBinary: boolean): void {
    this.bytesReceived += frame.length;
    if (!isBinary) return this.malformed('Messages are binary MessagePack frames, but a text frame came.');
    if (this.isGreeting && frame.length > this.limits.helloBytesMax) {
      return this.malformed(`A hello has at most ${this.limits.helloBytesMax} bytes, not ${frame.length}.`);
    }
    let message: WorkerMessage;
    try {
      message = decodeWorkerMessage(frame);
    } catch (error) {
      const text = error instanceof FrameError ? error.message : 'The frame could not be decoded.';
      return this.malformed(text);
    }
    this.hear(message);
  }

  override open(forMany = false): void {
    super.open(forMany);
    const { gatewayMessagesPerSecondMax: perSecond, gatewayMessagesBurstMax: most } = this.limits;
    if (forMany) this.#allowance = new Allowance({ perSecond, most, now: this.#now() });
  }

  override send(outgoing: Outgoing): void {
    this.#allowance.add(this.limits.answersPerMessageMax);
    super.send(outgoing);
  }

  /** A receiver that does not read is cut off rather than buffered without bound. */
  protected write(outgoing: Outgoing): void {
    const { frame } = outgoing;
    if (!this.#holdWithinBounds(frame.length)) return;
    this.bytesSent += frame.length;
    const waiting = this.#socket.bufferedAmount;
    this.#socket.send(frame, outgoing.writing());
    const nonce = this.#meter.sent(waiting + frame.length, this.#now());
    if (nonce === null) return;
    this.#allowance.add(1);
    this.#socket.ping?.(nonce);
  }

  override get upBitsPerSecond(): number | null {
    return this.#meter.upBitsPerSecond;
  }

  override get downBitsPerSecond(): number | null {
    return this.#meter.downBitsPerSecond;
  }

  protected closeInOrder(code: ByeName): void {
    this.#socket.close(ByeCode[code].code, code);
  }

  protected terminate(): void {
    this.#socket.terminate();
  }

  get bytesWaiting(): number {
    return this.#socket.bufferedAmount;
  }
}

function asBytes(data: RawData): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return Array.isArray(data) ? Buffer.concat(data) : data;
}
