/**
 * Where the time of a step goes, as seen from the coordinator: for each worker, how long it computed and what it
 * waited for else; for the coordinator, what it was busy with. Instants are given, so that a test can make them up.
 */
import type { StepTimes, WorkerTimes } from '../../news/news.ts';
import type { LeaseId, WorkerId } from '../../transition/model/ids.ts';

type Work = 'send' | 'receive' | 'reduce' | 'update' | 'checkpoint';

type HeldLease = { readonly worker: WorkerId; readonly from: number; to: number | null; computeMs: number };

const NO_WORK: Readonly<Record<Work, number>> = { send: 0, receive: 0, reduce: 0, update: 0, checkpoint: 0 };

export class StepClock {
  #startedAt: number;
  #firstAt: number | null = null;
  #completeAt: number | null = null;
  /** Leases granted in this step. */
  readonly #leases = new Map<LeaseId, HeldLease>();
  #work = { ...NO_WORK };

  constructor(now: number) {
    this.#startedAt = now;
  }

  /** A step begins; what was noted before belongs to none. */
  begin(now: number): void {
    this.#startedAt = now;
    this.#firstAt = null;
    this.#completeAt = null;
    this.#leases.clear();
    this.#work = { ...NO_WORK };
  }

  /** The lease, and the parameters if it needed any, have been handed to the worker's socket. */
  granted(worker: WorkerId, lease: LeaseId, now: number): void {
    this.#firstAt ??= now;
    this.#leases.set(lease, { worker, from: now, to: null, computeMs: 0 });
  }

  /** One of a lease's answers is here; its last one counts. */
  answered(lease: LeaseId, computeMs: number, now: number): void {
    const held = this.#leases.get(lease);
    if (held === undefined) return;
    held.to = now;
    held.computeMs = computeMs;
  }

  /** Every partial is in and the optimizer begins. */
  complete(now: number): void {
    this.#completeAt = now;
  }

  spent(work: Work, ms: number): void {
    this.#work[work] += ms;
  }

  /** The step is done; the next one begins. */
  end(now: number): StepTimes {
    const stepMs = now - this.#startedAt;
    const begunAt = this.#firstAt ?? this.#startedAt;
    const completeAt = this.#completeAt ?? now;
    const byWorker = new Map<WorkerId, HeldLease[]>();
    for (const lease of this.#leases.values()) {
      const others = byWorker.get(lease.worker);
      if (others === undefined) byWorker.set(lease.worker, [lease]);
      else others.push(lease);
    }
    const workers = new Map<WorkerId, WorkerTimes>();
    for (const [worker, leases] of byWorker) workers.set(worker, this.#timesOf(leases, completeAt, now));
    const { send, receive, reduce, update, checkpoint } = this.#work;
    this.begin(now);
    return {
      stepMs,
      begunAt,
      workers,
      coordinator: {
        sendMs: send,
        receiveMs: receive,
        reduceMs: reduce,
        updateMs: update,
        checkpointMs: checkpoint,
      },
    };
  }

  #timesOf(leases: readonly HeldLease[], completeAt: number, now: number): WorkerTimes {
    let computeMs = 0;
    let busyMs = 0;
    let free = this.#startedAt;
    let first = completeAt;
    // Granted in order of time, so that one pass joins what overlaps.
    for (const { from, to, computeMs: ms } of leases) {
      const until = Math.min(to ?? completeAt, completeAt);
      first = Math.min(first, from);
      busyMs += Math.max(0, until - Math.max(free, from));
      free = Math.max(free, until);
      computeMs += ms;
    }
    computeMs = Math.min(computeMs, busyMs);
    const parametersMs = first - this.#startedAt;
    return {
      computeMs,
      parametersMs,
      travelMs: busyMs - computeMs,
      leasesMs: Math.max(0, completeAt - this.#startedAt - parametersMs - busyMs),
      updateMs: now - completeAt,
    };
  }
}
