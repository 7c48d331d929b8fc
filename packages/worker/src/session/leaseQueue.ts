/**
 * The leases in hand: each is split over the slots at once, so that a slot goes on with the next lease as soon as
 * its part of this one is done, and answered when all its parts are.
 */
import {
  answerLevel,
  type Coding,
  type FailureCode,
  floatsOf,
  type LeaseMessage,
  unreachable,
  type WorkerSaying,
} from '@shoal/core';
import { type ArrayAnswer, type JobId, keptAnswer, type SlotAnswer } from '../slot/slotMessages.ts';
import { combine, partialMessage } from './combine.ts';
import type { SlotId } from './events.ts';
import type { Gathering } from './gathering.ts';
import { type LeaseWork, samplesOfPart } from './leaseWork.ts';
import type { RunContext } from './runContext.ts';
import type { SlotPool } from './slotPool.ts';
import { splitRange } from './split.ts';

type Finished = Extract<SlotAnswer, { readonly type: 'finished' }>;

type HeldLease = {
  readonly message: LeaseMessage;
  /** Of the run that it is part of. */
  readonly coding: Coding;
  /** The highest level of a node that is answered at once. */
  readonly level: number;
  /** Reckoned memory; see `memory.ts`. */
  readonly bytes: number;
  /** Jobs not answered yet. */
  readonly jobs: Set<JobId>;
  readonly answers: ArrayAnswer[];
  /** The longest that a slot has computed on it: the slots work side by side. */
  computeMs: number;
  /** Samples that are done, by job, and when the coordinator was told of it; 0 before. */
  readonly done: Map<JobId, number>;
  toldAt: number;
  revoked: boolean;
};

/** The number of every worker's probe. */
const PROBE_LEASE = 0;

/** Whatever has not counted by then has come too late. */
const COUNTING_MS = 5_000;

/** A lease whose samples are not here yet. */
export type WaitingLease = {
  readonly message: LeaseMessage;
  readonly numbers: Uint32Array;
  /** Reckoned memory. */
  readonly bytes: number;
  /** Null where the data set comes as a whole. */
  readonly gathering: Gathering | null;
};

/** What the coordinator has been told of a lease that waits. */
type Told = {
  /** When that was; before, since when it waits. */
  at: number;
  /** Bytes that had not come. */
  missing: number;
};

export class LeaseQueue {
  readonly #slots: SlotPool;
  readonly #send: (message: WorkerSaying) => void;
  readonly #progressMs: number;
  readonly #leases = new Map<number, HeldLease>();
  readonly #waiting = new Map<number, WaitingLease & Told>();
  readonly #leaseOfJob = new Map<JobId, HeldLease>();
  #nextJob: JobId = 1;
  /** When a lease was last answered, while its answer may still be on its way or looked at. */
  #answeredAt: number | null = null;

  constructor(options: {
    readonly slots: SlotPool;
    readonly send: (message: WorkerSaying) => void;
    /** A lease's progress is told no more often than this. */
    readonly progressMs: number;
  }) {
    this.#slots = options.slots;
    this.#send = options.send;
    this.#progressMs = options.progressMs;
  }

  /** Leases that have not been answered. */
  get held(): number {
    return this.#leases.size + this.#waiting.size;
  }

  /** Whether any lease but the probe is being computed, or has been answered so lately that its answer may still count. */
  get isOccupied(): boolean {
    return this.#answeredAt !== null || [...this.#leases.keys()].some((id) => id !== PROBE_LEASE);
  }

  /** Time passes: what was answered long ago is not hoped for any more. */
  tick(now: number): void {
    if (this.#answeredAt !== null && now - this.#answeredAt >= COUNTING_MS) this.#answeredAt = null;
  }

  get bytesHeld(): number {
    let bytes = 0;
    for (const lease of this.#leases.values()) bytes += lease.bytes;
    for (const lease of this.#waiting.values()) bytes += lease.bytes;
    return bytes;
  }

  has(lease: number): boolean {
    return this.#leases.has(lease) || this.#waiting.has(lease);
  }

  /** Holds a lease until its samples are here; others are computed meanwhile. */
  wait(lease: WaitingLease, now: number): void {
    this.#waiting.set(lease.message.lease, { ...lease, at: now, missing: Number.POSITIVE_INFINITY });
  }

  /**
   * Tells what has not come of the lease that was granted first, if that is what it waits for; where more has come since
   * that was last told, and no more often than any other progress.
   */
  tellMissing(now: number, missingBytes: (gathering: Gathering) => number): void {
    const [lease] = this.#waiting.values();
    if (lease === undefined || lease.gathering === null || now - lease.at < this.#progressMs) return;
    const id = lease.message.lease;
    if ([...this.#leases.keys()].some((other) => other !== PROBE_LEASE && other < id)) return;
    const missing = missingBytes(lease.gathering);
    if (missing >= lease.missing || missing === 0) return;
    Object.assign(lease, { at: now, missing });
    this.#send({ type: 'progress', lease: id, done: 0, missing, computeMs: 0 });
  }

  /** What waiting leases are put together from, the oldest first. */
  gatherings(): Gathering[] {
    return [...this.#waiting.values()].flatMap(({ gathering }) => gathering ?? []);
  }

  /** @returns the leases that wait no longer; they are held once more when they are taken */
  takeWaiting(isSupplied: (lease: WaitingLease) => boolean): WaitingLease[] {
    const supplied = [...this.#waiting.values()].filter(isSupplied);
    for (const { message } of supplied) this.#waiting.delete(message.lease);
    return supplied;
  }

  /** `bytes` is what it is reckoned to take. */
  take(work: LeaseWork, run: RunContext, vector: Uint8Array, bytes: number): void {
    const { message } = work;
    const scales = message.scales === null ? null : floatsOf(message.scales);
    const coding = run.codings.up(scales);
    const level = answerLevel(run.spec, message.leaves, message.task === 'evaluate');
    const lease: HeldLease = {
      ...{ message, coding, level, bytes, jobs: new Set(), answers: [] },
      ...{ computeMs: 0, done: new Map(), toldAt: 0, revoked: false },
    };
    this.#leases.set(message.lease, lease);
    const slots = this.#slots.byLoad();
    splitRange(message.from, message.to, slots.length).forEach((part, index) => {
      const job = this.#nextJob;
      this.#nextJob += 1;
      lease.jobs.add(job);
      this.#leaseOfJob.set(job, lease);
      const request = {
        type: 'compute',
        job,
        task: message.task,
        step: message.step,
        ...part,
        leaves: message.leaves,
        scales,
        ...samplesOfPart(work, part, run),
      } as const;
      this.#slots.give(slots[index] as SlotId, request, message.version, vector);
    });
  }

  /** Answered with `failed` once the slots have stopped, so that the coordinator knows when they are free. */
  revoke(id: number): void {
    if (this.#waiting.delete(id)) return this.#sayRevoked(id);
    const lease = this.#leases.get(id);
    if (lease === undefined || lease.revoked) return;
    lease.revoked = true;
    for (const job of lease.jobs) this.#slots.cancel(job);
  }

  /** Nobody waits for these leases any more; nothing is sent. */
  abandonAll(): void {
    this.#waiting.clear();
    this.#answeredAt = null;
    for (const id of [...this.#leases.keys()]) this.#drop(id);
  }

  slotAnswered(slot: SlotId, answer: SlotAnswer, now: number): void {
    if (answer.type === 'progress') return this.#progress(answer, now);
    this.#slots.done(slot, answer.job);
    const lease = this.#leaseOfJob.get(answer.job);
    if (lease === undefined) return;
    const id = lease.message.lease;
    this.#leaseOfJob.delete(answer.job);
    lease.jobs.delete(answer.job);
    switch (answer.type) {
      case 'finished':
        this.#takeAnswers(lease, answer);
        lease.done.set(
          answer.job,
          answer.answers.reduce((sum, { count }) => sum + count, 0),
        );
        lease.computeMs = Math.max(lease.computeMs, answer.computeMs);
        break;
      case 'cancelled':
        break;
      case 'failed':
        if (!lease.revoked) return this.#fail(id, 'engineFailed', answer.message);
        break;
      default:
        unreachable(answer);
    }
    if (lease.jobs.size === 0) this.#answer(lease);
    if (id !== PROBE_LEASE && !lease.revoked && !this.#leases.has(id)) this.#answeredAt = now;
  }

  /** What is answered at once is read where it lies. */
  #takeAnswers(lease: HeldLease, answer: Finished): void {
    const taken = lease.jobs.size === 0 ? answer : keptAnswer(answer);
    if (taken.type === 'finished') lease.answers.push(...taken.answers);
  }

  /** The slots of a lease tell it side by side: the coordinator is told no more often for that. */
  #progress({ job, done, computeMs }: Extract<SlotAnswer, { readonly type: 'progress' }>, now: number): void {
    const lease = this.#leaseOfJob.get(job);
    if (lease === undefined || lease.revoked) return;
    lease.done.set(job, done);
    lease.computeMs = Math.max(lease.computeMs, computeMs);
    if (lease.toldAt !== 0 && now - lease.toldAt < this.#progressMs) return;
    lease.toldAt = now;
    const all = [...lease.done.values()].reduce((sum, samples) => sum + samples, 0);
    this.#send({
      type: 'progress',
      lease: lease.message.lease,
      done: all,
      missing: 0,
      computeMs: lease.computeMs,
    });
  }

  /** The jobs that died with their slot take their leases with them. */
  jobsLost(jobs: readonly JobId[], reason: string): void {
    for (const job of jobs) {
      const lease = this.#leaseOfJob.get(job);
      if (lease === undefined) continue;
      this.#leaseOfJob.delete(job);
      lease.jobs.delete(job);
      if (!lease.revoked) this.#fail(lease.message.lease, 'engineFailed', reason);
      else if (lease.jobs.size === 0) this.#answer(lease);
    }
  }

  #answer({ message, answers, level, coding, computeMs, revoked }: HeldLease): void {
    const { lease: id, leaves } = message;
    this.#leases.delete(id);
    if (revoked) return this.#sayRevoked(id);
    for (const answer of combine(answers, leaves, level)) {
      this.#send(partialMessage(id, answer, coding, computeMs));
    }
  }

  #sayRevoked(id: number): void {
    this.#send({ type: 'failed', lease: id, code: 'revoked', message: 'Stopped, as told.' });
  }

  #fail(id: number, code: FailureCode, message: string): void {
    this.#drop(id);
    this.#send({ type: 'failed', lease: id, code, message: message.slice(0, 512) });
  }

  /** Its jobs may still be running; their answers find no lease. */
  #drop(id: number): void {
    for (const job of this.#leases.get(id)?.jobs ?? []) {
      this.#slots.cancel(job);
      this.#leaseOfJob.delete(job);
    }
    this.#leases.delete(id);
  }
}
