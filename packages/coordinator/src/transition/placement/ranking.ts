/**
 * Workers in the order of a number, the least first, ties by the worker's number: a binary heap that knows where each
 * of them stands, so that one is put elsewhere in the time that a few comparisons take.
 */
import type { WorkerId } from '../model/ids.ts';

type Entry = { readonly worker: WorkerId; readonly key: number };

export type Ranking = {
  readonly heap: Entry[];
  /** Where in the heap each of them is. */
  readonly places: Map<WorkerId, number>;
};

export const newRanking = (): Ranking => ({ heap: [], places: new Map() });

export const firstOf = ({ heap }: Ranking): WorkerId | null => heap[0]?.worker ?? null;

/** All of them, in order; takes time for as many. */
export function allInOrder({ heap }: Ranking): WorkerId[] {
  return [...heap].sort((a, b) => (isBefore(a, b) ? -1 : 1)).map(({ worker }) => worker);
}

/** Puts the worker where the key says, whether it was here before or not. */
export function rank(ranking: Ranking, worker: WorkerId, key: number): void {
  unrank(ranking, worker);
  const entry = { worker, key };
  ranking.heap.push(entry);
  rise(ranking, ranking.heap.length - 1, entry);
}

export function unrank(ranking: Ranking, worker: WorkerId): void {
  const { heap, places } = ranking;
  const place = places.get(worker);
  if (place === undefined) return;
  places.delete(worker);
  const last = heap.pop();
  if (last === undefined || last.worker === worker) return;
  sink(ranking, place, last);
  if (heap[place] === last) rise(ranking, place, last);
}

function put({ heap, places }: Ranking, place: number, entry: Entry): void {
  heap[place] = entry;
  places.set(entry.worker, place);
}

function rise(ranking: Ranking, from: number, entry: Entry): void {
  const { heap } = ranking;
  let place = from;
  while (place > 0) {
    const above = (place - 1) >> 1;
    const parent = heap[above] as Entry;
    if (!isBefore(entry, parent)) break;
    put(ranking, place, parent);
    place = above;
  }
  put(ranking, place, entry);
}

function sink(ranking: Ranking, from: number, entry: Entry): void {
  const { heap } = ranking;
  let place = from;
  for (;;) {
    const left = 2 * place + 1;
    const right = left + 1;
    const a = heap[left];
    const b = heap[right];
    const below = a !== undefined && b !== undefined && isBefore(b, a) ? right : left;
    const child = heap[below];
    if (child === undefined || !isBefore(child, entry)) break;
    put(ranking, place, child);
    place = below;
  }
  put(ranking, place, entry);
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.key < b.key || (a.key === b.key && a.worker < b.worker);
}
