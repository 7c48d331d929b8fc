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
  type FailureCode,
  type Hello,
  type IncapableFact,
  type LeaseMessage,
  type LeaveFact,
  leaveMessage,
  PROTOCOL_VERSION,
  type SessionEndFact,
  unreachable,
  type Welcome,
  type WorkerSaying,
} from '@shoal/core';
import type { ConnectFailure } from '../shell/connectFailure.ts';
import type { SlotAnswer } from '../slot/slotMessages.ts';
import { Addresses } from './addresses.ts';
import { byeOfCloseCode } from './byeOfCloseCode.ts';
import type { EndReason, SessionEffect, SessionEvent, SlotId } from './events.ts';
import { LeaseIntake } from './leaseIntake.ts';
import { LeaseQueue } from './leaseQueue.ts';
import { readLease } from './leaseWork.ts';
import { Lending } from './lending.ts';
import { offeredRun } from './offeredRun.ts';
import { type GivingUp, Reconnection } from './reconnection.ts';
import type { RunContext } from './runContext.ts';
import { SampleSupply } from './sampleSupply.ts';
import type { SessionOptions } from './sessionOptions.ts';
import { SlotPool } from './slotPool.ts';

/** A coordinator that takes so long to say that there is no run held the connection on purpose. */
const HELD_MS = 1_000;

type Phase =
  /** No connection; the shell has been asked for one, or is opening the first. */
  | { readonly type: 'offline' }
  /** The hello has been sent. */
  | { readonly type: 'greeting'; heardAt: number }
  | {
      readonly type: 'joined';
      heardAt: number;
      readonly run: RunContext;
      readonly silenceMs: number;
      readonly leasesHeldMax: number;
    }
  /** The connection is being closed; nothing that still comes is read. */
  | { readonly type: 'closing' }
  | { readonly type: 'ended' };

/** What a worker does: takes part in a run, waits for a next one, or waits for the coordinator itself. */
export type Presence = 'joined' | 'between runs' | 'waiting';

export class WorkerSession {
  readonly #options: SessionOptions;
  readonly #slots: SlotPool;
  readonly #leases: LeaseQueue;
  readonly #addresses: Addresses;
  readonly #reconnection: Reconnection;
  readonly #supply: SampleSupply;
  readonly #intake: LeaseIntake;
  /** Null for whoever computes by itself. */
  readonly #lending: Lending | null;
  #effects: SessionEffect[] = [];
  #phase: Phase = { type: 'offline' };
  /** Kept over reconnects, so that neither slots nor data are made anew for the same run. */
  #run: RunContext | null = null;
  #engineFailures = 0;
  #bye: FactOf<'coordinatorSaid'> | null = null;
  /** This worker's own token, given with the welcome and shown instead of the join token from then on. */
  #credential: string | null;
  /** The highest term that was heard of, and the run that it is of. */
  #led: { readonly runId: string; readonly term: number } = { runId: '', term: 0 };

  constructor(options: SessionOptions) {
    const emit = (effect: SessionEffect): void => {
      this.#effects.push(effect);
    };
    this.#options = options;
    this.#credential = options.credential;
    this.#lending = options.relays ? new Lending(emit) : null;
    this.#slots = new SlotPool({ threads: options.threads, emit });
    const { protocolLimits, workerLimits, sharesData } = options;
    this.#addresses = new Addresses(options.address);
    const addresses = this.#addresses;
    this.#reconnection = new Reconnection({ addresses, protocolLimits, workerLimits, emit });
    const { memoryBytesMax } = workerLimits;
    this.#supply = new SampleSupply({ sharesData, memoryBytesMax, emit });
    this.#leases = new LeaseQueue({
      slots: this.#slots,
      send: (message) => emit({ type: 'send', message }),
      progressMs: protocolLimits.progressMs,
    });
    this.#intake = new LeaseIntake({
      ...{ supply: this.#supply, leases: this.#leases, memoryBytesMax },
      run: () => (this.#phase.type === 'joined' ? this.#phase.run : null),
      failed: (lease, code, message) => this.#failed(lease, code, message),
      misunderstood: (detail) => this.#misunderstood(detail),
      tooLarge: (refusal) => this.#giveUp(refusal, 'memory'),
    });
  }

  /** True once the last effect has been given. */
  get ended(): boolean {
    return this.#phase.type === 'ended';
  }

  /** What it takes part in, or has last taken part in. */
  get run(): RunContext | null {
    return this.#run;
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
      case 'slotAnswered':
        return this.#slotAnswered(event.slot, event.answer, now);
      case 'slotDied':
        return this.#slotDied(event.slot, event.reason);
      case 'dataLoaded':
        if (this.#supply.dataLoaded(event.load, event.splits)) this.#intake.suppliedAll();
        return;
      case 'blockArriving':
        return this.#intake.blockArriving(event, now);
      case 'blockFetched':
        return this.#intake.blockFetched(event);
      case 'say':
        return this.#say(event.message, event.ends);
      case 'leaveRequested':
        return this.#leave(event.reason);
      case 'tick':
        this.#intake.tick(now);
        return this.#listen(now);
      default:
        return unreachable(event);
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
    const { identity, name, agent, engines, kernels, threads } = this.#options;
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
      ...(this.#lending !== null && { gateway: true as const }),
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
    this.#abandon();
    this.#emit({ type: 'disconnect' });
  }

  /** Nothing that is held is waited for any more. */
  #abandon(): void {
    this.#leases.abandonAll();
    this.#supply.disconnected();
    this.#lending?.abandon(this.#bye);
  }

  #say(message: WorkerSaying, ends: number | null): void {
    if (this.#phase.type !== 'joined') return;
    if (ends !== null) this.#lending?.over(ends);
    this.#emit({ type: 'send', message });
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
    this.#abandon();
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
    this.#abandon();
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
    if (message.type === 'bye') {
      // A coordinator that keeps those who wait until it has news is asked again soon.
      if (message.code === 'betweenRuns' && silentMs > HELD_MS) this.#reconnection.startOver();
      if (message.code === 'standby') this.#addresses.hearOf(message.addresses ?? []);
      const { code, message: said, fact } = message;
      this.#bye = { type: 'coordinatorSaid', code, message: said, ...(fact !== undefined && { fact }) };
      return this.#close();
    }
    if (message.type === 'ping') {
      return this.#emit({ type: 'send', message: { type: 'pong', nonce: message.nonce } });
    }
    if (phase.type === 'greeting') {
      if (message.type === 'welcome') return this.#join(message, now);
      return this.#misunderstood(`sent "${message.type}" before its welcome.`);
    }
    switch (message.type) {
      case 'welcome':
        return this.#misunderstood('sent a second welcome.');
      case 'parameters': {
        const problem = phase.run.takeParameters(message);
        if (problem !== null) return this.#misunderstood(`is not understood: ${problem}.`);
        return this.#lending?.tell({ type: 'parameters', message });
      }
      case 'lease':
        return this.#take(message, phase.run, phase.leasesHeldMax, now);
      case 'vouched':
      case 'dismissed':
        if (this.#lending !== null) return this.#lending.tell({ type: 'told', message });
        return this.#misunderstood(`sent "${message.type}", which is for gateways.`);
      case 'revoke':
        if (this.#lending !== null) return this.#recall(this.#lending, message.lease);
        this.#leases.revoke(message.lease);
        return this.#intake.fetch();
      case 'counted':
        if (this.#lending !== null) return this.#lending.tell({ type: 'counted' });
        this.#supply.counted(phase.run);
        return this.#intake.fetch();
      case 'coordinators':
        this.#addresses.learn(message.addresses);
        return this.#lending?.tell({ type: 'coordinators', addresses: message.addresses });
      case 'standing':
        return this.#emit({ type: 'show', standing: message });
      default:
        return unreachable(message);
    }
  }

  #join(welcome: Welcome, now: number): void {
    const { engines, threads, workerLimits } = this.#options;
    const { address } = this;
    const { runId, term } = welcome;
    if (this.#isOvertaken(runId, term)) return;
    this.#led = { runId, term };
    this.#addresses.learn(welcome.addresses);
    this.#credential = welcome.credential ?? this.#credential;
    const offer = offeredRun(welcome, { address, threads, workerLimits });
    if ('refusal' in offer) return this.#giveUp(offer.refusal, offer.why);
    const isSameData = this.#run?.dataKey === offer.dataKey;
    const run = this.#continued(offer);
    if (welcome.protocol !== PROTOCOL_VERSION || !engines.includes(welcome.engine)) {
      const offered = `protocol ${PROTOCOL_VERSION} and ${engines.join(', ')}`;
      return this.#misunderstood(
        `asks for protocol ${welcome.protocol} and engine ${welcome.engine}, this worker offered ${offered}.`,
      );
    }
    const { silenceMs } = welcome;
    const leasesHeldMax = Math.min(welcome.leasesHeldMax, workerLimits.leasesHeldMax);
    this.#phase = { type: 'joined', heardAt: now, run, silenceMs, leasesHeldMax };
    this.#reconnection.joined();
    this.#log('info', { type: 'runJoined', runId, address, threads, engine: run.engine });
    if (this.#lending !== null) this.#lending.joined(welcome);
    else this.#supply.join(run, { address, blocksPath: welcome.blocksPath, token: this.#token }, isSameData);
    if (this.#options.follows) this.#emit({ type: 'send', message: { type: 'follow' } });
  }

  /**
   * Whether another coordinator leads the run by now. This one does not know it, perhaps because it was asleep, and has
   * nothing to grant any more.
   */
  #isOvertaken(runId: string, term: number): boolean {
    const { runId: led, term: known } = this.#led;
    if (runId !== led || term >= known) return false;
    this.#log('warn', { type: 'coordinatorOvertaken', address: this.address, term, known });
    this.#close();
    return true;
  }

  /** The run that is offered, as far as possible with what is here already. */
  #continued(next: RunContext): RunContext {
    const last = this.#run;
    const sameWork = last !== null && last.key === next.key;
    const run = sameWork && last.dataKey === next.dataKey ? last : next;
    this.#run = run;
    run.forgetParameters();
    this.#slots.forgetParameters();
    if (!sameWork) this.#slots.setUp(run);
    return run;
  }

  /* ── Leases ──────────────────────────────────────────────────────────── */

  #take(message: LeaseMessage, run: RunContext, leasesHeldMax: number, now: number): void {
    const { lease, task } = message;
    if (this.#isOvertaken(this.#led.runId, message.term)) return;
    const held = this.#lending ?? this.#leases;
    if (held.has(lease)) return this.#misunderstood(`sent lease ${lease} twice.`);
    if (held.held >= leasesHeldMax) {
      return this.#misunderstood(`sent lease ${lease} while ${leasesHeldMax} were held, which is the limit.`);
    }
    const reading = readLease(message, run);
    switch (reading.type) {
      case 'malformed':
        return this.#misunderstood(`is not understood: ${reading.problem}.`);
      case 'unknownVersion':
        return this.#failed(lease, reading.type, reading.message);
      case 'fits':
        if (task !== 'probe') this.#reconnection.startOver();
        if (this.#lending !== null) return this.#lending.lend(message);
        return this.#intake.obtain(message, run, reading.samples, now);
      default:
        return unreachable(reading);
    }
  }

  #recall(lending: Lending, lease: number): void {
    if (lending.recall(lease)) this.#failed(lease, 'revoked', 'Stopped, as told.');
  }

  #failed(lease: number, code: FailureCode, message: string): void {
    this.#emit({ type: 'send', message: { type: 'failed', lease, code, message } });
  }

  /* ── Slots ───────────────────────────────────────────────────────────── */

  #slotAnswered(slot: SlotId, answer: SlotAnswer, now: number): void {
    if (answer.type === 'finished') this.#engineFailures = 0;
    this.#leases.slotAnswered(slot, answer, now);
    this.#intake.fetch();
    if (answer.type === 'failed') this.#engineFailed(answer.message);
  }

  #slotDied(slot: SlotId, reason: string): void {
    this.#log('warn', { type: 'slotReplaced', slot, reason });
    this.#leases.jobsLost(this.#slots.replace(slot), reason);
    this.#engineFailed(reason);
  }

  #engineFailed(reason: string): void {
    this.#engineFailures += 1;
    const { engineFailuresMax } = this.#options.workerLimits;
    if (this.#engineFailures < engineFailuresMax) return;
    const engine = this.#run?.engine ?? null;
    this.#giveUp({ type: 'engineFails', engine, times: engineFailuresMax, reason }, null);
  }
}
