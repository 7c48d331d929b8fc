/**
 * A worker's side of the protocol as a deterministic object: events in, effects out, no clock, no socket, no thread
 * and no randomness. A shell carries the effects out; the Node.js worker, a browser's and a simulation share this.
 */
import {
  ByeCode,
  type ConnectionFact,
  type CoordinatorSaying,
  type DisconnectFact,
  type FactOf,
  type Hello,
  type IncapableFact,
  type LeaveFact,
  leaveMessage,
  PROTOCOL_VERSION,
  type SessionEndFact,
  type Welcome,
} from '@shoal/core';
import type { ConnectFailure } from '../shell/connectFailure.ts';
import { Addresses } from './addresses.ts';
import { byeOfCloseCode } from './byeOfCloseCode.ts';
import { Computing } from './computing.ts';
import type { EndReason, SessionEffect, SessionEvent } from './events.ts';
import type { LeaseHolder, SessionControl } from './leaseHolder.ts';
import { Participation } from './participation.ts';
import { type GivingUp, Reconnection } from './reconnection.ts';
import type { RunContext } from './runContext.ts';
import type { SessionOptions } from './sessionOptions.ts';

/** A coordinator that takes so long to say that there is no run held the connection on purpose. */
const HELD_MS = 1_000;

type Phase =
  /** No connection; the shell has been asked for one, or is opening the first. */
  | { readonly type: 'offline' }
  /** The hello has been sent. */
  | { readonly type: 'greeting'; heardAt: number }
  | { readonly type: 'joined'; heardAt: number; readonly silenceMs: number }
  /** The connection is being closed; nothing that still comes is read. */
  | { readonly type: 'closing' }
  | { readonly type: 'ended' };

/** What a worker does: takes part in a run, waits for a next one, or waits for the coordinator itself. */
export type Presence = 'joined' | 'between runs' | 'waiting';

export class WorkerSession {
  readonly #options: SessionOptions;
  readonly #addresses: Addresses;
  readonly #reconnection: Reconnection;
  readonly #holder: LeaseHolder;
  readonly #participation: Participation;
  #effects: SessionEffect[] = [];
  #phase: Phase = { type: 'offline' };
  #bye: FactOf<'coordinatorSaid'> | null = null;
  /** This worker's own token, given with the welcome and shown instead of the join token from then on. */
  #credential: string | null;

  constructor(options: SessionOptions) {
    const emit = (effect: SessionEffect): void => {
      this.#effects.push(effect);
    };
    const { protocolLimits, workerLimits } = options;
    this.#options = options;
    this.#credential = options.credential;
    this.#addresses = new Addresses(options.address);
    const addresses = this.#addresses;
    this.#reconnection = new Reconnection({ addresses, protocolLimits, workerLimits, emit });
    const control: SessionControl = {
      emit,
      log: (level, fact) => this.#log(level, fact),
      failed: (lease, code, message) =>
        emit({ type: 'send', message: { type: 'failed', lease, code, message } }),
      close: () => this.#close(),
      misunderstood: (detail) => this.#misunderstood(detail),
      giveUp: (fact, why) => this.#giveUp(fact, why),
      workBegins: () => this.#reconnection.startOver(),
    };
    this.#holder = options.lending?.(control) ?? new Computing(options, control);
    this.#participation = new Participation({ options, addresses, control, holder: this.#holder });
  }

  /** True once the last effect has been given. */
  get ended(): boolean {
    return this.#phase.type === 'ended';
  }

  /** What it takes part in, or has last taken part in. */
  get run(): RunContext | null {
    return this.#participation.run;
  }

  /** Where its coordinator is, or is looked for next. */
  get address(): string {
    return this.#addresses.current;
  }

  get presence(): Presence {
    if (this.#phase.type === 'joined') return 'joined';
    return this.#reconnection.isBetweenRuns ? 'between runs' : 'waiting';
  }

  /** @returns what to do, in order. `now` is in milliseconds and never goes back. */
  handle(event: SessionEvent, now: number): SessionEffect[] {
    if (this.#phase.type !== 'ended') this.#apply(event, now);
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #apply(event: SessionEvent, now: number): void {
    switch (event.type) {
      case 'connected':
        return this.#greet(now);
      case 'received':
        return this.#receive(event.message, now);
      case 'unreadable':
        if (this.#phase.type !== 'closing')
          this.#misunderstood(`sent something unreadable. ${event.problem}`);
        return;
      case 'disconnected':
        return this.#disconnected(event.code, event.reason, event.jitter);
      case 'notConnected':
        return this.#notConnected(event.failure, event.jitter);
      case 'leaveRequested':
        return this.#leave(event.reason);
      case 'tick':
        this.#holder.handle(event, now);
        return this.#listen(now);
      default:
        return this.#holder.handle(event, now);
    }
  }

  #emit(effect: SessionEffect): void {
    this.#effects.push(effect);
  }

  #log(level: 'info' | 'warn', fact: ConnectionFact): void {
    this.#emit({ type: 'log', level, fact });
  }

  #end(exitCode: 0 | 1 | 2, fact: SessionEndFact, why: EndReason | null): void {
    this.#phase = { type: 'ended' };
    this.#emit({ type: 'end', exitCode, fact, why });
  }

  /** Takes no part any more, in good order where somebody listens. */
  #giveUp(fact: IncapableFact, why: EndReason | null): void {
    if (this.#phase.type === 'greeting' || this.#phase.type === 'joined') {
      const reason = leaveMessage(fact).slice(0, 256);
      this.#emit({ type: 'send', message: { type: 'leave', reason, code: 'unable' } });
      this.#emit({ type: 'disconnect' });
    }
    this.#end(2, fact, why);
  }

  /* ── The connection ──────────────────────────────────────────────────── */

  #greet(now: number): void {
    const { identity, name, agent, engines, kernels, threads, lending } = this.#options;
    this.#phase = { type: 'greeting', heardAt: now };
    const hello: Hello = {
      type: 'hello',
      protocols: [PROTOCOL_VERSION],
      token: this.#token,
      identity,
      name,
      agent,
      engines: [...engines],
      kernels,
      threads: Math.max(1, threads),
      ...(lending !== null && { gateway: true as const }),
    };
    this.#emit({ type: 'send', message: hello });
  }

  get #token(): string {
    return this.#credential ?? this.#options.token;
  }

  /**
   * Ends a connection whose other side does not keep to the protocol; the worker comes back later.
   * @param detail for whoever writes a coordinator: the end of a sentence that begins with it
   */
  #misunderstood(detail: string): void {
    this.#log('warn', { type: 'coordinatorNotUnderstood', address: this.address, detail });
    this.#close();
  }

  #close(): void {
    this.#phase = { type: 'closing' };
    this.#holder.abandon(this.#bye);
    this.#emit({ type: 'disconnect' });
  }

  #listen(now: number): void {
    const phase = this.#phase;
    if (phase.type !== 'greeting' && phase.type !== 'joined') return;
    const silenceMs = phase.type === 'joined' ? phase.silenceMs : this.#options.protocolLimits.silenceMs;
    if (now - phase.heardAt > silenceMs) {
      const { address } = this;
      this.#log('warn', { type: 'coordinatorSilent', address, seconds: Math.round(silenceMs / 1000) });
      this.#close();
    }
  }

  #disconnected(code: number | null, reason: DisconnectFact, jitter: number): void {
    this.#phase = { type: 'offline' };
    this.#holder.abandon(this.#bye);
    const bye = this.#bye ?? byeOfCloseCode(code);
    this.#bye = null;
    if (bye?.code === 'badToken' && this.#credential !== null) {
      // It has expired, or the coordinator is another one by now: the join token may still hold.
      this.#credential = null;
      return this.#reconnection.soon(jitter);
    }
    if (bye !== null && !ByeCode[bye.code].retry)
      return this.#end(bye.code === 'finished' ? 0 : 2, bye, bye.code);
    if (bye?.code === 'standby') return this.#reconnection.waitForLeader(bye, jitter);
    if (bye?.code === 'betweenRuns') return this.#reconnection.waitForRun(bye, jitter);
    this.#giveUpIf(this.#reconnection.lost(bye ?? reason, null, jitter));
  }

  #notConnected(failure: ConnectFailure, jitter: number): void {
    this.#phase = { type: 'offline' };
    this.#giveUpIf(this.#reconnection.failed(failure, jitter));
  }

  #giveUpIf(end: GivingUp | null): void {
    if (end !== null) this.#end(end.exitCode, end.fact, end.why);
  }

  #leave(reason: LeaveFact): void {
    const { type } = this.#phase;
    this.#holder.abandon(this.#bye);
    if (type === 'greeting' || type === 'joined') {
      const message = { type: 'leave', reason: leaveMessage(reason), code: reason.type } as const;
      this.#emit({ type: 'send', message });
      this.#emit({ type: 'disconnect' });
    }
    this.#end(0, { type: 'leftCoordinator', address: this.address, reason }, null);
  }

  /* ── Messages ────────────────────────────────────────────────────────── */

  #receive(message: CoordinatorSaying, now: number): void {
    const phase = this.#phase;
    if (phase.type !== 'greeting' && phase.type !== 'joined') return;
    const silentMs = now - phase.heardAt;
    phase.heardAt = now;
    switch (message.type) {
      case 'bye':
        return this.#heardBye(message, silentMs);
      case 'ping':
        return this.#emit({ type: 'send', message: { type: 'pong', nonce: message.nonce } });
      case 'welcome':
        if (phase.type === 'greeting') return this.#welcomed(message, now);
        return this.#misunderstood('sent a second welcome.');
      default:
        if (phase.type === 'joined') return this.#participation.hear(message, now);
        return this.#misunderstood(`sent "${message.type}" before its welcome.`);
    }
  }

  #welcomed(welcome: Welcome, now: number): void {
    const { runId, term, addresses, credential, silenceMs } = welcome;
    if (this.#participation.isOvertaken(runId, term)) return;
    this.#addresses.learn(addresses);
    this.#credential = credential ?? this.#credential;
    if (!this.#participation.join(welcome, this.#token)) return;
    this.#phase = { type: 'joined', heardAt: now, silenceMs };
    this.#reconnection.joined();
  }

  #heardBye(bye: Extract<CoordinatorSaying, { readonly type: 'bye' }>, silentMs: number): void {
    const { code, message, fact, addresses = [] } = bye;
    // A coordinator that keeps those who wait until it has news is asked again soon.
    if (code === 'betweenRuns' && silentMs > HELD_MS) this.#reconnection.startOver();
    if (code === 'standby') this.#addresses.hearOf(addresses);
    this.#bye = { type: 'coordinatorSaid', code, message, ...(fact !== undefined && { fact }) };
    this.#close();
  }
}
