/** Carries out a session's effects under Node.js: the socket, the threads, the clock and the data blocks. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  decodeCoordinatorMessage,
  encodeMessage,
  FrameError,
  type ProtocolLimits,
  type WorkerMessage,
} from '@shoal/core';
import { WebSocket } from 'ws';
import { loadBlocks } from '../blockLoader.ts';
import type { JoinAddress } from '../joinUrl.ts';
import type { WorkerLimits } from '../limits.ts';
import type { SessionEffect, SessionEvent, SlotId } from '../session/events.ts';
import type { Standing, WorkerSession } from '../session/session.ts';
import type { SlotRequest } from '../slot/slotMessages.ts';
import { unreachable } from '../unreachable.ts';
import { fetchBlock } from './httpBlocks.ts';
import { reasonOf } from './reason.ts';
import type { Slot, SlotFactory } from './slots.ts';

export type WorkerOutcome = {
  /** 0: the run is finished or the worker left; 1: the coordinator was never reached; 2: it cannot take part. */
  readonly exitCode: 0 | 1 | 2;
  /** One sentence that says so. */
  readonly message: string;
};

export type NodeShellOptions = {
  readonly session: WorkerSession;
  readonly address: JoinAddress;
  readonly slots: SlotFactory;
  readonly log: (level: 'info' | 'warn', message: string) => void;
  readonly onTick: (standing: Standing) => void;
  readonly protocolLimits: ProtocolLimits;
  readonly workerLimits: WorkerLimits;
};

export class NodeShell {
  readonly #options: NodeShellOptions;
  readonly #slots = new Map<SlotId, Slot>();
  #end: (outcome: WorkerOutcome) => void = () => {};
  readonly #spare: ArrayBuffer[] = [];
  #socket: WebSocket | null = null;
  #loading: AbortController | null = null;
  #reconnect: NodeJS.Timeout | null = null;
  #ticks: NodeJS.Timeout | null = null;
  /** What happens while the worker is frozen waits here; null when it is not. */
  #frozen: SessionEvent[] | null = null;

  constructor(options: NodeShellOptions) {
    this.#options = options;
  }

  /** Resolves when the session has ended and everything it used is closed. */
  async run(): Promise<WorkerOutcome> {
    const ended = new Promise<WorkerOutcome>((resolve) => {
      this.#end = resolve;
    });
    const { session, onTick, workerLimits } = this.#options;
    this.#ticks = setInterval(() => {
      this.#handle({ type: 'tick' });
      onTick(session.standing);
    }, workerLimits.tickMs);
    this.#connect();
    const outcome = await ended;
    await this.#close();
    return outcome;
  }

  leave(reason: string): void {
    this.#handle({ type: 'leaveRequested', reason });
  }

  /** Neither reads nor answers any more; the connection stays open. What still happens is dealt with after `thaw`. */
  freeze(): void {
    if (this.#frozen !== null) return;
    this.#frozen = [];
    this.#socket?.pause();
  }

  thaw(): void {
    const events = this.#frozen;
    if (events === null) return;
    this.#frozen = null;
    for (const event of events) this.#handle(event);
    this.#socket?.resume();
  }

  #handle(event: SessionEvent): void {
    if (this.#frozen !== null) {
      if (event.type !== 'tick') this.#frozen.push(event);
      return;
    }
    for (const effect of this.#options.session.handle(event, performance.now())) this.#carryOut(effect);
  }

  #carryOut(effect: SessionEffect): void {
    switch (effect.type) {
      case 'send':
        return this.#send(effect.message);
      case 'disconnect':
        return this.#closeSocket();
      case 'connect':
        this.#reconnect = setTimeout(() => this.#connect(), effect.afterMs);
        return;
      case 'startSlot': {
        const { slot, setup } = effect;
        void this.#slots.get(slot)?.close();
        const started = this.#options.slots({
          onAnswer: (answer) => this.#handle({ type: 'slotAnswered', slot, answer }),
          onDied: (reason) => this.#handle({ type: 'slotDied', slot, reason }),
        });
        this.#slots.set(slot, started);
        started.post(setup);
        return;
      }
      case 'toSlot':
        this.#slots.get(effect.slot)?.post(this.#ownRequest(effect.request));
        return;
      case 'loadBlocks':
        void this.#load(effect);
        return;
      case 'log':
        return this.#options.log(effect.level, effect.message);
      case 'end':
        return this.#end({ exitCode: effect.exitCode, message: effect.message });
      default:
        return unreachable(effect);
    }
  }

  /* ── The socket ──────────────────────────────────────────────────────── */

  #connect(): void {
    const { address, workerLimits } = this.#options;
    const socket = new WebSocket(address.socketUrl, {
      perMessageDeflate: false,
      // Masking guards proxies against what a web page may send; a key of zeros spares two passes over each gradient.
      generateMask: (mask) => mask.fill(0),
      maxPayload: workerLimits.frameBytesMax,
      handshakeTimeout: workerLimits.connectTimeoutMs,
    });
    let problem = '';
    this.#socket = socket;
    socket.on('open', () => this.#handle({ type: 'connected' }));
    socket.on('message', (data) => this.#receive(data));
    // `close` follows every error.
    socket.on('error', (error) => {
      problem = `${reasonOf(error)}.`;
    });
    socket.on('close', (code, reason) => {
      if (this.#socket === socket) this.#socket = null;
      const text = reason.toString() || problem || 'The connection was closed.';
      this.#handle({ type: 'disconnected', code, reason: text, jitter: Math.random() });
    });
  }

  #receive(data: unknown): void {
    let message: ReturnType<typeof decodeCoordinatorMessage>;
    try {
      if (!(data instanceof Uint8Array)) throw new FrameError('The frame is not binary.');
      message = decodeCoordinatorMessage(data);
    } catch (problem) {
      const text = problem instanceof Error ? problem.message : String(problem);
      this.#handle({ type: 'unreadable', problem: text });
      return;
    }
    this.#handle({ type: 'received', message });
  }

  #send(message: WorkerMessage): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(encodeMessage(message));
    if (message.type === 'partial' && message.gradient !== null) this.#recycle(message.gradient);
  }

  #closeSocket(): void {
    const socket = this.#socket;
    if (socket === null) return;
    socket.close(1000);
    const cut = setTimeout(() => socket.terminate(), this.#options.workerLimits.closeTimeoutMs);
    socket.once('close', () => clearTimeout(cut));
  }

  /* ── Slots and data ──────────────────────────────────────────────────── */

  /**
   * Buffers of a vector's size go round, since fresh memory is slow: a gradient's buffer comes from a slot, is free
   * once the frame holds a copy, takes the next parameters to a slot, and is kept there for the next gradient.
   */
  #recycle(gradient: Uint8Array): void {
    const { buffer } = gradient;
    const [first] = this.#slots.entries();
    if (first === undefined || !(buffer instanceof ArrayBuffer)) return;
    if (this.#spare.length < this.#slots.size) {
      this.#spare.push(buffer);
      return;
    }
    // Turn by turn: the slot that gets this one goes to the end of the line.
    const [id, slot] = first;
    this.#slots.delete(id);
    this.#slots.set(id, slot);
    slot.post({ type: 'recycle', buffer });
  }

  /** The session keeps its parameters, so each slot is given a copy. */
  #ownRequest(request: SlotRequest): SlotRequest {
    if (request.type !== 'parameters') return request;
    const spare = this.#spare.pop();
    const { length } = request.vector;
    const vector = new Uint8Array(spare?.byteLength === length ? spare : new ArrayBuffer(length));
    vector.set(request.vector);
    return { ...request, vector, given: true };
  }

  async #load(effect: Extract<SessionEffect, { readonly type: 'loadBlocks' }>): Promise<void> {
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    const { address, log, protocolLimits, workerLimits } = this.#options;
    const { signal } = loading;
    try {
      const splits = await loadBlocks({
        manifests: effect.manifests,
        fetchBlock: (sha256) =>
          fetchBlock(sha256, {
            origin: address.origin,
            blocksPath: effect.blocksPath,
            token: address.token,
            timeoutMs: workerLimits.blockTimeoutMs,
            signal,
          }),
        wait: (ms) => sleep(ms, undefined, { signal }),
        jitter: Math.random,
        log: (level, message) => {
          if (!signal.aborted) log(level, message);
        },
        limits: protocolLimits,
      });
      if (!signal.aborted) this.#handle({ type: 'blocksLoaded', load: effect.load, splits });
    } catch (problem) {
      // Only a loading that is no longer wanted ends without its blocks; anything else is worth a line.
      if (!signal.aborted) log('warn', `The data set cannot be put together: ${reasonOf(problem)}.`);
    }
  }

  async #close(): Promise<void> {
    if (this.#ticks !== null) clearInterval(this.#ticks);
    if (this.#reconnect !== null) clearTimeout(this.#reconnect);
    this.#loading?.abort();
    const socket = this.#socket;
    if (socket !== null) {
      const closed = new Promise((resolve) => socket.once('close', resolve));
      this.#closeSocket();
      await closed;
    }
    await Promise.all([...this.#slots.values()].map((slot) => slot.close()));
  }
}
