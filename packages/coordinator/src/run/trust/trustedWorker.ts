/**
 * The trusted worker: one thread of the coordinator's own process with an exact engine, which computes what is to be
 * verified while the event loop goes on. Nobody else can speak to it.
 */
import { type Answer, bytesOf, type FactOf, type RunSpec } from '@shoal/core';
import type { Slot, SlotAnswer, SlotFactory } from '@shoal/worker';
import type { VerifyEffect } from '../../transition/model/effects.ts';
import type { Computing, TrustedPort } from '../ports.ts';
import type { LeaseMessages } from '../preparation/leaseMessages.ts';

/** How often a thread that died is replaced before the run has to stop. */
const RESTARTS_MAX = 3;

export type TrustedWorkerOptions = {
  readonly spec: RunSpec;
  /** Samples of the training split. */
  readonly trainCount: number;
  readonly leases: LeaseMessages;
  readonly slots: SlotFactory;
  /** It cannot go on, so nothing can be verified any more. */
  readonly onLost: (reason: FactOf<'trustedWorkerFailed'>) => void;
};

type Job = {
  readonly effect: VerifyEffect;
  readonly scales: Float32Array | null;
  readonly done: (nodes: readonly Answer<Float32Array>[]) => void;
};

export class TrustedWorker implements TrustedPort {
  readonly #options: TrustedWorkerOptions;
  /** Asked for and not answered, oldest first; no more than a step has leases. */
  readonly #jobs = new Map<number, Job>();
  #slot: Slot | null = null;
  /** Of the newest version, for a thread that takes over. */
  #parameters: { readonly version: number; readonly vector: Uint8Array } | null = null;
  /** The version that the thread has. */
  #posted = -1;
  #restarts = 0;
  #closed = false;

  constructor(options: TrustedWorkerOptions) {
    this.#options = options;
  }

  compute(
    effect: VerifyEffect,
    { parameters, scales }: Computing,
    done: (nodes: readonly Answer<Float32Array>[]) => void,
  ): void {
    if (this.#closed) return;
    if (this.#parameters?.version !== effect.version) {
      this.#parameters = { version: effect.version, vector: bytesOf(parameters().slice()) };
    }
    const job = { effect, scales, done };
    this.#jobs.set(effect.check, job);
    this.#post(job);
  }

  #post({ effect, scales }: Job): void {
    this.#slot ??= this.#open();
    const known = this.#parameters;
    if (known !== null && this.#posted !== known.version) {
      this.#slot.post({ type: 'parameters', ...known, given: false });
      this.#posted = known.version;
    }
    const { check, task, step, from, to, leaves } = effect;
    const { numbers, samples } = this.#options.leases.work(effect);
    this.#slot.post({ type: 'compute', job: check, task, step, from, to, leaves, scales, numbers, samples });
  }

  #open(): Slot {
    const slot = this.#options.slots({
      onAnswer: (answer) => this.#answered(answer),
      onDied: (reason) => this.#died(reason),
    });
    const { spec, trainCount } = this.#options;
    slot.post({ type: 'setup', engine: 'wasm-strict', spec, trainCount });
    this.#posted = -1;
    return slot;
  }

  #answered(answer: SlotAnswer): void {
    const job = this.#jobs.get(answer.job);
    if (job === undefined || answer.type === 'progress') return;
    if (answer.type === 'failed') return this.#died(answer.message);
    this.#jobs.delete(answer.job);
    if (answer.type === 'finished') job.done(answer.answers);
  }

  /** What it was asked for is asked of a new thread. */
  #died(reason: string): void {
    void this.#slot?.close();
    this.#slot = null;
    if (this.#closed) return;
    this.#restarts += 1;
    if (this.#restarts > RESTARTS_MAX) {
      this.#closed = true;
      return this.#options.onLost({ type: 'trustedWorkerFailed', problem: reason });
    }
    for (const job of this.#jobs.values()) this.#post(job);
  }

  abandon(): void {
    for (const check of this.#jobs.keys()) this.#slot?.post({ type: 'cancel', job: check });
    this.#jobs.clear();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#jobs.clear();
    await this.#slot?.close();
  }
}
