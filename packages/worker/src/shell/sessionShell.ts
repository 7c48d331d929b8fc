/** Carries out a session's effects: the channel, the slots, the clock and the data blocks, as each platform has them. */
import {
  type ConnectionFact,
  type CoordinatorSaying,
  type DataSplits,
  type DisconnectFact,
  type LeaveFact,
  type Samples,
  type SessionEndFact,
  type Standing,
  selectSamples,
  unreachable,
  type WorkerSaying,
} from '@shoal/core';
import type { WorkerLimits } from '../limits.ts';
import { networkReasonOf } from '../networkReason.ts';
import type {
  EndReason,
  Relayed,
  SessionEffect,
  SessionEvent,
  SlotId,
  SplitManifests,
} from '../session/events.ts';
import type { WorkerSession } from '../session/session.ts';
import { type ComputeRequest, keptAnswer, type SlotRequest } from '../slot/slotMessages.ts';
import type { Channel, ChannelEvents, ChannelFactory } from './channel.ts';
import type { Slot, SlotFactory } from './slots.ts';

export type SessionOutcome = {
  /** 0: the run is finished or the worker left; 1: the coordinator was never reached; 2: it cannot take part. */
  readonly exitCode: 0 | 1 | 2;
  readonly fact: SessionEndFact;
  /** Null where only the fact says it. */
  readonly why: EndReason | null;
};

/** What somebody may want to be told. */
export type ShellObserver = {
  readonly log: (level: 'info' | 'warn', fact: ConnectionFact) => void;
  readonly sent: (message: WorkerSaying, bytes: number) => void;
  readonly received: (message: CoordinatorSaying, bytes: number) => void;
  readonly slotDied: (reason: string) => void;
  readonly show: (standing: Standing) => void;
};

type EffectOf<T extends SessionEffect['type']> = Extract<SessionEffect, { readonly type: T }>;

/** Brings a block, however long it takes, and checks it; rejects once the signal says that nobody waits for it. */
export type BlockFetcher = (
  wanted: EffectOf<'fetchBlock'>,
  options: {
    readonly log: ShellObserver['log'];
    /** Told of the bytes that have come so far, unpacked; of another attempt from the beginning. */
    readonly onBytes: (bytes: number) => void;
    readonly signal: AbortSignal;
  },
) => Promise<Uint8Array>;

/** Brings the data set of these manifests from memory that the coordinator shares. */
export type DataLoader = (manifests: SplitManifests, signal: AbortSignal) => Promise<DataSplits>;

/** Where the samples come from. */
export type DataPort =
  | { readonly type: 'blocks'; readonly fetch: BlockFetcher }
  | { readonly type: 'shared'; readonly load: DataLoader };

export type ShellOptions = {
  readonly session: WorkerSession;
  readonly openChannel: ChannelFactory;
  readonly slots: SlotFactory;
  /** As the session has been told: shared, or in blocks. */
  readonly data: DataPort;
  readonly observer: ShellObserver;
  /** Of a gateway: takes what its session hands on. */
  readonly relay?: (what: Relayed) => void;
  readonly workerLimits: WorkerLimits;
};

export class SessionShell {
  readonly #options: ShellOptions;
  readonly #slots = new Map<SlotId, Slot>();
  readonly #spare: ArrayBuffer[] = [];
  #end: (outcome: SessionOutcome) => void = () => {};
  #channel: Channel | null = null;
  /** Called when the channel that is open now has closed. */
  #onceClosed: () => void = () => {};
  /** Aborted once what is being fetched is of no use any more. */
  #fetching = new AbortController();
  #reconnect: ReturnType<typeof setTimeout> | null = null;
  #ticks: ReturnType<typeof setInterval> | null = null;
  /** What happens while the worker is frozen waits here; null when it is not. */
  #frozen: SessionEvent[] | null = null;

  constructor(options: ShellOptions) {
    this.#options = options;
  }

  /** Resolves when the session has ended and everything it used is closed. */
  async run(): Promise<SessionOutcome> {
    const ended = new Promise<SessionOutcome>((resolve) => {
      this.#end = resolve;
    });
    this.#ticks = setInterval(() => this.#handle({ type: 'tick' }), this.#options.workerLimits.tickMs);
    this.#connect(this.#options.session.address);
    const outcome = await ended;
    await this.#close();
    return outcome;
  }

  /** Of a gateway; `ends` names the lease that is over with it. */
  say(message: WorkerSaying, ends: number | null = null): void {
    this.#handle({ type: 'say', message, ends });
  }

  leave(reason: LeaveFact): void {
    this.#handle({ type: 'leaveRequested', reason });
  }

  /** The connection is known to be dead, though nothing has said so: it is given up, and a new one opened. */
  connectionLost(reason: DisconnectFact): void {
    const channel = this.#channel;
    if (channel === null) return;
    this.#channel = null;
    channel.cut();
    this.#handle({ type: 'disconnected', code: null, reason, jitter: Math.random() });
    this.#onceClosed();
  }

  /** Neither reads nor answers any more; the connection stays open. What still happens is dealt with after `thaw`. */
  freeze(): void {
    if (this.#frozen !== null) return;
    this.#frozen = [];
    this.#channel?.hold();
  }

  thaw(): void {
    const events = this.#frozen;
    if (events === null) return;
    this.#frozen = null;
    for (const event of events) this.#handle(event);
    this.#channel?.release();
  }

  #handle(event: SessionEvent): void {
    if (this.#frozen !== null) {
      if (event.type !== 'tick' && event.type !== 'blockArriving') this.#frozen.push(kept(event));
      return;
    }
    for (const effect of this.#options.session.handle(event, performance.now())) this.#carryOut(effect);
  }

  #carryOut(effect: SessionEffect): void {
    const { observer } = this.#options;
    switch (effect.type) {
      case 'send':
        return this.#send(effect.message);
      case 'disconnect':
        return this.#channel?.close();
      case 'connect':
        this.#reconnect = setTimeout(() => this.#connect(effect.address), effect.afterMs);
        return;
      case 'startSlot': {
        const { slot, setup } = effect;
        void this.#slots.get(slot)?.close();
        const started = this.#options.slots({
          onAnswer: (answer) => this.#handle({ type: 'slotAnswered', slot, answer }),
          onDied: (reason) => {
            observer.slotDied(reason);
            this.#handle({ type: 'slotDied', slot, reason });
          },
        });
        this.#slots.set(slot, started);
        started.post(setup);
        return;
      }
      case 'toSlot':
        this.#toSlot(this.#slots.get(effect.slot), effect.request);
        return;
      case 'loadData':
        void this.#load(effect);
        return;
      case 'fetchBlock':
        void this.#fetch(effect);
        return;
      case 'stopFetching':
        return this.#stopFetching();
      case 'relayed':
        return this.#options.relay?.(effect.what);
      case 'show':
        return observer.show(effect.standing);
      case 'log':
        return observer.log(effect.level, effect.fact);
      case 'end':
        return this.#end({ exitCode: effect.exitCode, fact: effect.fact, why: effect.why });
      default:
        return unreachable(effect);
    }
  }

  /* ── The channel ─────────────────────────────────────────────────────── */

  #connect(address: string): void {
    const events: ChannelEvents = {
      onOpen: () => this.#handle({ type: 'connected' }),
      onMessage: (message, bytes) => {
        this.#options.observer.received(message, bytes);
        this.#handle({ type: 'received', message });
      },
      onUnreadable: (problem) => this.#handle({ type: 'unreadable', problem }),
      onClosed: (code, reason) => {
        if (this.#channel === channel) this.#channel = null;
        this.#handle({ type: 'disconnected', code, reason, jitter: Math.random() });
        this.#onceClosed();
      },
      onFailed: (failure) => {
        if (this.#channel === channel) this.#channel = null;
        this.#handle({ type: 'notConnected', failure, jitter: Math.random() });
        this.#onceClosed();
      },
    };
    const channel: Channel = this.#options.openChannel(events, address);
    this.#channel = channel;
  }

  #send(message: WorkerSaying): void {
    if (this.#channel === null) return;
    const bytes = this.#channel.send(message);
    this.#options.observer.sent(message, bytes);
    if (message.type === 'partial' && message.vector !== null) this.#recycle(message.vector);
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
    // It was only lent.
    if (buffer.byteLength !== gradient.byteLength) return;
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

  #toSlot(slot: Slot | undefined, request: SlotRequest): void {
    if (request.type === 'parameters') this.#channel?.settle();
    slot?.post(slot.readsAtOnce ? request : this.#ownRequest(request));
  }

  /** The session keeps its parameters and samples, so a slot that reads them later is given copies. */
  #ownRequest(request: SlotRequest): SlotRequest {
    if (request.type === 'compute') return ownWork(request);
    if (request.type !== 'parameters') return request;
    const spare = this.#spare.pop();
    const { length } = request.vector;
    const vector = new Uint8Array(spare?.byteLength === length ? spare : new ArrayBuffer(length));
    vector.set(request.vector);
    return { ...request, vector, given: true };
  }

  #stopFetching(): void {
    this.#fetching.abort();
    this.#fetching = new AbortController();
  }

  async #load({ load, manifests }: EffectOf<'loadData'>): Promise<void> {
    const { data } = this.#options;
    if (data.type !== 'shared') throw new Error('Shared data was asked for, but this worker has blocks.');
    const { signal } = this.#fetching;
    await this.#bring(signal, async () => {
      const splits = await data.load(manifests, signal);
      return { type: 'dataLoaded', load, splits };
    });
  }

  async #fetch(effect: EffectOf<'fetchBlock'>): Promise<void> {
    const { data, observer } = this.#options;
    if (data.type !== 'blocks')
      throw new Error('A block was asked for, but the data of this worker is shared.');
    const { round, place } = effect;
    const { signal } = this.#fetching;
    const log: ShellObserver['log'] = (level, fact) => {
      if (!signal.aborted) observer.log(level, fact);
    };
    const onBytes = (bytes: number): void => {
      if (!signal.aborted) this.#handle({ type: 'blockArriving', round, place, bytes });
    };
    await this.#bring(signal, async () => {
      const content = await data.fetch(effect, { log, onBytes, signal });
      return { type: 'blockFetched', round, place, content };
    });
  }

  async #bring(signal: AbortSignal, bring: () => Promise<SessionEvent>): Promise<void> {
    try {
      const event = await bring();
      if (!signal.aborted) this.#handle(event);
    } catch (problem) {
      // Only what is no longer wanted ends without its data; anything else is worth a line.
      if (signal.aborted) return;
      this.#options.observer.log('warn', { type: 'dataNotFetched', why: networkReasonOf(problem) });
    }
  }

  async #close(): Promise<void> {
    if (this.#ticks !== null) clearInterval(this.#ticks);
    if (this.#reconnect !== null) clearTimeout(this.#reconnect);
    this.#fetching.abort();
    const channel = this.#channel;
    if (channel !== null) {
      const closed = new Promise<void>((resolve) => {
        this.#onceClosed = resolve;
      });
      channel.close();
      await closed;
    }
    await Promise.all([...this.#slots.values()].map((slot) => slot.close()));
  }
}

/** An event that is dealt with later. */
const kept = (event: SessionEvent): SessionEvent =>
  event.type === 'slotAnswered' ? { ...event, answer: keptAnswer(event.answer) } : event;

/** With arrays that can be given away; samples in memory that all threads see are read where they lie. */
function ownWork(request: ComputeRequest): ComputeRequest {
  const { rows, numbers, samples, ...work } = request;
  if (rows === undefined) return request;
  return isShared(samples)
    ? { ...work, numbers: numbers.slice(), samples, rows: rows.slice() }
    : { ...work, numbers: numbers.slice(), samples: selectSamples(samples, rows) };
}

const isShared = ({ inputs, targets }: Samples): boolean =>
  ![inputs, targets].some(({ values }) => values.buffer instanceof ArrayBuffer);
