/**
 * The order of the workers that count: who is idle, who is busy until when, and who is late. It answers
 * without asking every worker which of them should take the next leaf, so that this costs nearly the same with ten
 * workers and with two thousand.
 */
import type { RunCore } from '../model/core.ts';
import type { Moment } from '../model/turn.ts';
import type { WorkerState } from '../model/worker.ts';
import { firstOf, newRanking, type Ranking, rank, unrank } from './ranking.ts';
import { endsAt, workFor } from './work.ts';

export type WorkerOrder = {
  /** The work of one leaf of the task at hand, and whether each takes a thread of its own: the order depends on both. */
  leafWork: number;
  isWhole: boolean;
  /** Those who would answer one more leaf first, first. */
  readonly idle: Ranking;
  /** Busy and able to take one more lease, and busy with as many as they may hold: by when one more leaf would be done. */
  readonly taking: Ranking;
  readonly full: Ranking;
  /** Past the time at which they should have been done: by what they are late and one more leaf takes. */
  readonly late: Ranking;
  /** Those of them that may take a lease, the fastest first. */
  readonly lateTaking: Ranking;
};

type Ordered = Pick<RunCore, 'workers'> & { readonly order: WorkerOrder };

export const newOrder = (): WorkerOrder => ({
  leafWork: 1,
  isWhole: false,
  idle: newRanking(),
  taking: newRanking(),
  full: newRanking(),
  late: newRanking(),
  lateTaking: newRanking(),
});

/** How long the worker would take for one more leaf. */
const leafMs = (order: WorkerOrder, worker: WorkerState): number => workFor(order, worker, 1) / worker.speed;

export function displace({ idle, taking, full, late, lateTaking }: WorkerOrder, { id }: WorkerState): void {
  for (const one of [idle, taking, full, late, lateTaking]) unrank(one, id);
}

/** After every change of a worker that counts. */
export function place({ order }: Ordered, worker: WorkerState): void {
  displace(order, worker);
  if (worker.held.length === 0) {
    rank(order.idle, worker.id, worker.overheadMs + leafMs(order, worker));
  } else {
    const busy = worker.held.length < worker.leasesMax ? order.taking : order.full;
    rank(busy, worker.id, endsAt(worker) + leafMs(order, worker));
  }
}

/** Who is late now is no longer just busy. Only the first of each order matter, and only they are looked at. */
export function settle({ state, now }: Moment<Ordered>): void {
  const { order } = state;
  for (const busy of [order.taking, order.full]) {
    for (let worker = first(state, busy); worker !== null; worker = first(state, busy)) {
      const ends = endsAt(worker);
      if (ends >= now) break;
      unrank(busy, worker.id);
      rank(order.late, worker.id, leafMs(order, worker) - ends);
      if (busy === order.taking) rank(order.lateTaking, worker.id, -worker.speed);
    }
  }
}

/** Those who may take a lease and are the first of their kind: the free, the late, the busy. */
export function firstTakers(state: Ordered): WorkerState[] {
  const { idle, lateTaking, taking } = state.order;
  const free = [first(state, idle), first(state, lateTaking)].filter((one) => one !== null);
  free.sort((a, b) => b.speed - a.speed || a.id - b.id);
  const busy = first(state, taking);
  return busy === null ? free : [...free, busy];
}

/** Who would be done first with one more leaf. */
export function earliest({ state, now }: Moment<Ordered>): WorkerState | null {
  const { idle, taking, full, late } = state.order;
  let soonest: WorkerState | null = null;
  let soonestMs = Number.POSITIVE_INFINITY;
  for (const ranking of [idle, taking, full, late]) {
    const worker = first(state, ranking);
    if (worker === null) continue;
    // Who is late by so much is not about to be done: as much again is a fair guess, and nobody waits for it in vain.
    const busyMs = worker.held.length === 0 ? worker.overheadMs : Math.abs(endsAt(worker) - now);
    const endsMs = busyMs + leafMs(state.order, worker);
    if (soonest === null || endsMs < soonestMs || (endsMs === soonestMs && worker.id < soonest.id)) {
      soonest = worker;
      soonestMs = endsMs;
    }
  }
  return soonest;
}

function first({ workers }: Ordered, ranking: Ranking): WorkerState | null {
  const id = firstOf(ranking);
  return id === null ? null : (workers.get(id) ?? null);
}
