/** Leases that are computed here: on slots, with samples that are brought as they are needed. */
import { type LeaseMessage, unreachable } from '@shoal/core';
import type { SlotAnswer } from '../slot/slotMessages.ts';
import type { SlotId, WorkEvent } from './events.ts';
import type { JoinedRun, LeaseHolder, SessionControl, WorkMessage } from './leaseHolder.ts';
import { LeaseIntake } from './leaseIntake.ts';
import { LeaseQueue } from './leaseQueue.ts';
import type { RunContext } from './runContext.ts';
import { SampleSupply } from './sampleSupply.ts';
import type { SessionOptions } from './sessionOptions.ts';
import { SlotPool } from './slotPool.ts';

export class Computing implements LeaseHolder {
  readonly #control: SessionControl;
  readonly #engineFailuresMax: number;
  readonly #slots: SlotPool;
  readonly #leases: LeaseQueue;
  readonly #supply: SampleSupply;
  readonly #intake: LeaseIntake;
  /** What the slots are set up for. */
  #run: RunContext | null = null;
  #isJoined = false;
  /** In a row. */
  #engineFailures = 0;

  constructor(options: SessionOptions, control: SessionControl) {
    const { threads, sharesData, protocolLimits, workerLimits } = options;
    const { memoryBytesMax } = workerLimits;
    const { emit } = control;
    this.#control = control;
    this.#engineFailuresMax = workerLimits.engineFailuresMax;
    this.#slots = new SlotPool({ threads, emit });
    this.#supply = new SampleSupply({ sharesData, memoryBytesMax, emit });
    this.#leases = new LeaseQueue({
      slots: this.#slots,
      send: (message) => emit({ type: 'send', message }),
      progressMs: protocolLimits.progressMs,
    });
    this.#intake = new LeaseIntake({
      ...{ supply: this.#supply, leases: this.#leases, memoryBytesMax },
      ...{ control, run: () => (this.#isJoined ? this.#run : null) },
    });
  }

  get held(): number {
    return this.#leases.held;
  }

  has(lease: number): boolean {
    return this.#leases.has(lease);
  }

  prepare(run: RunContext, isSameWork: boolean): void {
    this.#run = run;
    this.#slots.forgetParameters();
    if (!isSameWork) this.#slots.setUp(run);
  }

  joined({ run, source, isSameData }: JoinedRun): void {
    this.#isJoined = true;
    this.#supply.join(run, source, isSameData);
  }

  take(message: LeaseMessage, run: RunContext, samples: number, now: number): void {
    this.#intake.obtain(message, run, samples, now);
  }

  hear(message: WorkMessage): void {
    switch (message.type) {
      case 'revoke':
        this.#leases.revoke(message.lease);
        return this.#intake.fetch();
      case 'counted':
        if (this.#run !== null) this.#supply.counted(this.#run);
        return this.#intake.fetch();
      case 'vouched':
      case 'dismissed':
        return this.#control.misunderstood(`sent "${message.type}", which is for gateways.`);
      case 'parameters':
      case 'coordinators':
        return;
      default:
        return unreachable(message);
    }
  }

  handle(event: WorkEvent, now: number): void {
    switch (event.type) {
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
      case 'tick':
        return this.#intake.tick(now);
      case 'say':
        return;
      default:
        return unreachable(event);
    }
  }

  abandon(): void {
    this.#isJoined = false;
    this.#leases.abandonAll();
    this.#supply.disconnected();
  }

  #slotAnswered(slot: SlotId, answer: SlotAnswer, now: number): void {
    if (answer.type === 'finished') this.#engineFailures = 0;
    this.#leases.slotAnswered(slot, answer, now);
    this.#intake.fetch();
    if (answer.type === 'failed') this.#engineFailed(answer.message);
  }

  #slotDied(slot: SlotId, reason: string): void {
    this.#control.log('warn', { type: 'slotReplaced', slot, reason });
    this.#leases.jobsLost(this.#slots.replace(slot), reason);
    this.#engineFailed(reason);
  }

  #engineFailed(reason: string): void {
    this.#engineFailures += 1;
    const times = this.#engineFailuresMax;
    if (this.#engineFailures < times) return;
    const engine = this.#run?.engine ?? null;
    this.#control.giveUp({ type: 'engineFails', engine, times, reason }, null);
  }
}
