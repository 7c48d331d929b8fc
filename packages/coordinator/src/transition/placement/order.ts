/**
 * The order of the workers that count: who is idle, who is busy until when, and who is late. It answers
 * without asking every worker which of them should take the next leaf, so that this costs nearly the same with ten
 * workers and with two thousand.
 */
import type { WorkerState } from '../model/worker.ts';
import { Ranking } from './ranking.ts';
import { endsAt } from './work.ts';

export class WorkerOrder {
  /** The work of one leaf of the task at hand; the order of the busy depends on it. */
  leafWork = 1;
  /** Those who would answer one more leaf first, first. */
  readonly idle = new Ranking();
  /** Busy and able to take one more lease, and busy with as many as they may hold: by when one more leaf would be done. */
  readonly #taking = new Ranking();
  readonly #full = new Ranking();
  /** Past the time at which they should have been done: by what they are late and one more leaf takes. */
  readonly #late = new Ranking();
  /** Those of them that may take a lease, the fastest first. */
  readonly #lateTaking = new Ranking();

  remove(worker: WorkerState): void {
    for (const one of [this.idle, this.#taking, this.#full, this.#late, this.#lateTaking]) one.delete(worker);
  }

  /** After every change of a worker that counts. */
  place(worker: WorkerState, leasesHeldMax: number): void {
    this.remove(worker);
    if (worker.held.length === 0) {
      this.idle.set(worker, worker.overheadMs + this.leafWork / worker.speed);
    } else {
      const busy = worker.held.length < leasesHeldMax ? this.#taking : this.#full;
      busy.set(worker, endsAt(worker) + this.leafWork / worker.speed);
    }
  }

  /** Who is late now is no longer just busy. Only the first of each order matter, and only they are looked at. */
  settle(now: number): void {
    for (const busy of [this.#taking, this.#full]) {
      for (let worker = busy.first; worker !== null; worker = busy.first) {
        const ends = endsAt(worker);
        if (ends >= now) break;
        busy.delete(worker);
        this.#late.set(worker, this.leafWork / worker.speed - ends);
        if (busy === this.#taking) this.#lateTaking.set(worker, -worker.speed);
      }
    }
  }

  /** Those who may take a lease and are the first of their kind: the free, the late, the busy. */
  firstTakers(): WorkerState[] {
    const free = [this.idle.first, this.#lateTaking.first].filter((one) => one !== null);
    free.sort((a, b) => b.speed - a.speed || a.id - b.id);
    const busy = this.#taking.first;
    return busy === null ? free : [...free, busy];
  }

  /** Who would be done first with one more leaf. */
  earliest(now: number): WorkerState | null {
    let first: WorkerState | null = null;
    let firstMs = Number.POSITIVE_INFINITY;
    for (const { first: worker } of [this.idle, this.#taking, this.#full, this.#late]) {
      if (worker === null) continue;
      // Who is late by so much is not about to be done: as much again is a fair guess, and nobody waits for it in vain.
      const busyMs = worker.held.length === 0 ? worker.overheadMs : Math.abs(endsAt(worker) - now);
      const endsMs = busyMs + this.leafWork / worker.speed;
      if (first === null || endsMs < firstMs || (endsMs === firstMs && worker.id < first.id)) {
        first = worker;
        firstMs = endsMs;
      }
    }
    return first;
  }
}
