/**
 * What all connections of workers have in common: hello first and once, a stated reason at the end, silence that ends
 * it. What carries them is left to those that extend this.
 */
import type { ByeName, DepartureFact, DismissalFact, WorkerSaying } from '@shoal/core';
import type { ServerLimits } from '../limits/limits.ts';
import type { KeptConnection } from './connections.ts';
import { type ConnectionHandlers, farewell, type Outgoing, outgoing } from './workerConnection.ts';

export type PhasedConnectionOptions = {
  readonly id: number;
  readonly address: string;
  readonly limits: ServerLimits;
  /** The largest answer that can come on it, in bytes of its frame. */
  readonly answerBytesMax: number;
  readonly handlers: ConnectionHandlers<KeptConnection>;
  readonly now: number;
};

export abstract class PhasedConnection implements KeptConnection {
  readonly id: number;
  readonly address: string;
  /** One from before a run with a larger model takes less than that run needs. */
  readonly answerBytesMax: number;
  protected readonly limits: ServerLimits;
  readonly #handlers: ConnectionHandlers<KeptConnection>;
  /** `admitting`: a hello has come and is being looked at. */
  #phase: 'greeting' | 'admitting' | 'open' | 'closing' | 'closed' = 'greeting';
  #closeReason: DepartureFact | null = null;
  #endedWith: ByeName | null = null;
  #lastSeen: number;
  /** Since when a hello is waited for. */
  #greetingSince: number;
  bytesReceived = 0;
  bytesSent = 0;
  #ping: { readonly nonce: number; readonly at: number } | null = null;
  rttMs: number | null = null;

  constructor(options: PhasedConnectionOptions) {
    this.id = options.id;
    this.address = options.address;
    this.answerBytesMax = options.answerBytesMax;
    this.limits = options.limits;
    this.#handlers = options.handlers;
    this.#lastSeen = options.now;
    this.#greetingSince = options.now;
  }

  abstract get bytesWaiting(): number;

  /** Puts it on its way, or cuts the connection where too much waits to be read. */
  protected abstract write(outgoing: Outgoing): void;

  /** What was written arrives, and then the end with this code. */
  protected abstract closeInOrder(code: ByeName): void;

  /** Closes without waiting for the other side; `closed` follows at once or soon. */
  protected abstract terminate(): void;

  /** Something has come at `now`. */
  protected seen(now: number): void {
    // Whoever has been told to go gains no time by going on.
    if (!this.isOver) this.#lastSeen = now;
  }

  /** A valid message. */
  protected hear(message: WorkerSaying): void {
    if (this.isOver) return;
    if (this.#phase === 'greeting') {
      if (message.type !== 'hello') {
        return this.malformed(`The first message is "hello", not "${message.type}".`);
      }
      this.#phase = 'admitting';
      this.#handlers.hello(this, message);
    } else if (message.type === 'hello') {
      this.malformed('A connection says "hello" once.');
    } else if (this.#phase === 'admitting') {
      this.malformed(`A worker waits for its welcome before it says "${message.type}".`);
    } else if (message.type === 'pong') {
      if (message.nonce === this.#ping?.nonce) this.rttMs = this.#lastSeen - this.#ping.at;
    } else {
      this.#handlers.message(this, message);
    }
  }

  /** What is carried by no line has no rate. */
  get upBitsPerSecond(): number | null {
    return null;
  }

  get downBitsPerSecond(): number | null {
    return null;
  }

  open(_forMany = false): void {
    if (this.#phase === 'admitting') this.#phase = 'open';
  }

  send(message: Outgoing): void {
    if (!this.isOver) this.write(message);
  }

  /** Says why and closes; what carries it is torn down when the other side does not answer. */
  end(code: ByeName, why: DepartureFact, addresses?: readonly string[]): void {
    if (this.isOver) return;
    this.write(
      outgoing({
        ...{ type: 'bye', ...farewell(code, why) },
        ...(addresses !== undefined && { addresses: [...addresses] }),
      }),
    );
    // Too much waited for that, so that it has been cut.
    if (this.isOver) return;
    this.#phase = 'closing';
    this.#closeReason = why;
    this.#endedWith = code;
    this.closeInOrder(code);
  }

  get endedWith(): ByeName | null {
    return this.#endedWith;
  }

  beat(now: number, nonce: number, ping: Outgoing): void {
    const { silenceMs, helloTimeoutMs } = this.limits;
    if (this.#phase === 'closing') {
      if (now - this.#lastSeen > silenceMs) this.terminate();
    } else if (this.isGreeting && now - this.#greetingSince > helloTimeoutMs) {
      this.end('silent', { type: 'helloLate', seconds: helloTimeoutMs / 1000 });
    } else if (now - this.#lastSeen > silenceMs) {
      this.end('silent', { type: 'workerSilent', seconds: silenceMs / 1000 });
      this.terminate();
    } else if (this.#phase === 'open') {
      this.#ping = { nonce, at: now };
      this.write(ping);
    }
  }

  /** No hello has been accepted. */
  protected get isGreeting(): boolean {
    return this.#phase === 'greeting' || this.#phase === 'admitting';
  }

  cut(why: DismissalFact): void {
    if (this.isOver) return;
    this.#closeReason = why;
    this.#phase = 'closing';
    this.#endedWith = 'tooMany';
    this.terminate();
  }

  get isInside(): boolean {
    return this.#phase === 'admitting' || this.#phase === 'open';
  }

  get isOver(): boolean {
    return this.#phase === 'closing' || this.#phase === 'closed';
  }

  forgiveSilence(now: number): void {
    this.#lastSeen = now;
    // A hello may lie there unread.
    this.#greetingSince = now;
  }

  /** `detail` is for whoever writes a worker: a sentence. */
  protected malformed(detail: string): void {
    this.end('badMessage', { type: 'messageMalformed', detail });
  }

  /** Why it will close, where nobody has said so before. */
  protected because(why: DepartureFact): void {
    this.#closeReason ??= why;
  }

  /** It is closed; the first time counts. */
  protected closed(why: DepartureFact): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#handlers.closed(this, this.#closeReason ?? why);
  }
}
