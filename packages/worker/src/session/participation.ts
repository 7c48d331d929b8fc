/**
 * A worker's part in a run: whether it joins the run that a coordinator offers, and what it makes of what it is told while
 * it takes part.
 */
import {
  type CoordinatorSaying,
  type LeaseMessage,
  PROTOCOL_VERSION,
  unreachable,
  type Welcome,
} from '@shoal/core';
import type { Addresses } from './addresses.ts';
import type { LeaseHolder, SessionControl } from './leaseHolder.ts';
import { readLease } from './leaseWork.ts';
import { offeredRun } from './offeredRun.ts';
import type { RunContext } from './runContext.ts';
import type { SessionOptions } from './sessionOptions.ts';

/** What a coordinator says to whoever has joined. */
export type RunMessage = Exclude<CoordinatorSaying, { readonly type: 'welcome' | 'ping' | 'bye' }>;

export type ParticipationParts = {
  readonly options: SessionOptions;
  readonly addresses: Addresses;
  readonly control: SessionControl;
  readonly holder: LeaseHolder;
};

export class Participation {
  readonly #parts: ParticipationParts;
  /** Kept over reconnects, so that neither slots nor data are made anew for the same run. */
  #run: RunContext | null = null;
  #leasesHeldMax = 0;
  /** The highest term that was heard of, and the run that it is of. */
  #led: { readonly runId: string; readonly term: number } = { runId: '', term: 0 };

  constructor(parts: ParticipationParts) {
    this.#parts = parts;
  }

  /** What is taken part in, or was last. */
  get run(): RunContext | null {
    return this.#run;
  }

  /**
   * Whether another coordinator leads the run by now; then the connection ends. This one does not know it, perhaps because
   * it was asleep, and has nothing to grant any more.
   */
  isOvertaken(runId: string, term: number): boolean {
    const { runId: led, term: known } = this.#led;
    if (runId !== led || term >= known) return false;
    const { addresses, control } = this.#parts;
    control.log('warn', { type: 'coordinatorOvertaken', address: addresses.current, term, known });
    control.close();
    return true;
  }

  /** Whether the run of the welcome is taken part in from now on; if not, connection or session ends. */
  join(welcome: Welcome, token: string): boolean {
    const { options, control, holder, addresses } = this.#parts;
    const { engines, threads, workerLimits, follows } = options;
    const { runId, term, blocksPath } = welcome;
    const address = addresses.current;
    this.#led = { runId, term };
    const offer = offeredRun(welcome, { address, threads, workerLimits });
    if ('refusal' in offer) {
      control.giveUp(offer.refusal, offer.why);
      return false;
    }
    const last = this.#run;
    const isSameWork = last?.key === offer.key;
    const isSameData = last?.dataKey === offer.dataKey;
    const run = last !== null && isSameWork && isSameData ? last : offer;
    this.#run = run;
    run.forgetParameters();
    holder.prepare(run, isSameWork);
    if (welcome.protocol !== PROTOCOL_VERSION || !engines.includes(welcome.engine)) {
      const offered = `protocol ${PROTOCOL_VERSION} and ${engines.join(', ')}`;
      control.misunderstood(
        `asks for protocol ${welcome.protocol} and engine ${welcome.engine}, this worker offered ${offered}.`,
      );
      return false;
    }
    this.#leasesHeldMax = Math.min(welcome.leasesHeldMax, workerLimits.leasesHeldMax);
    control.log('info', { type: 'runJoined', runId, address, threads, engine: run.engine });
    holder.joined({ run, welcome, source: { address, blocksPath, token }, isSameData });
    if (follows) control.emit({ type: 'send', message: { type: 'follow' } });
    return true;
  }

  /** What is said while the run is taken part in. */
  hear(message: RunMessage, now: number): void {
    const run = this.#run;
    if (run === null) return;
    switch (message.type) {
      case 'parameters': {
        const problem = run.takeParameters(message);
        if (problem !== null) return this.#parts.control.misunderstood(`is not understood: ${problem}.`);
        return this.#parts.holder.hear(message);
      }
      case 'lease':
        return this.#take(message, run, now);
      case 'coordinators':
        this.#parts.addresses.learn(message.addresses);
        return this.#parts.holder.hear(message);
      case 'standing':
        return this.#parts.control.emit({ type: 'show', standing: message });
      default:
        return this.#parts.holder.hear(message);
    }
  }

  #take(message: LeaseMessage, run: RunContext, now: number): void {
    const { failed, misunderstood, workBegins } = this.#parts.control;
    const { lease, task, term } = message;
    const holder = this.#parts.holder;
    const leasesHeldMax = this.#leasesHeldMax;
    if (this.isOvertaken(this.#led.runId, term)) return;
    if (holder.has(lease)) return misunderstood(`sent lease ${lease} twice.`);
    if (holder.held >= leasesHeldMax) {
      return misunderstood(`sent lease ${lease} while ${leasesHeldMax} were held, which is the limit.`);
    }
    const reading = readLease(message, run);
    switch (reading.type) {
      case 'malformed':
        return misunderstood(`is not understood: ${reading.problem}.`);
      case 'unknownVersion':
        return failed(lease, reading.type, reading.message);
      case 'fits':
        if (task !== 'probe') workBegins();
        return holder.take(message, run, reading.samples, now);
      default:
        return unreachable(reading);
    }
  }
}
