/**
 * Workers in the order of a number, the least first, ties by the worker's number: a binary heap that knows where each
 * of them stands, so that one is put elsewhere in the time that a few comparisons take.
 */
import type { WorkerState } from '../model/worker.ts';

type Entry = { readonly worker: WorkerState; readonly key: number };

export class Ranking {
  readonly #heap: Entry[] = [];
  readonly #places = new Map<WorkerState, number>();

  get first(): WorkerState | null {
    return this.#heap[0]?.worker ?? null;
  }

  /** All of them, in order; takes time for as many. */
  inOrder(): WorkerState[] {
    return [...this.#heap].sort((a, b) => (isBefore(a, b) ? -1 : 1)).map(({ worker }) => worker);
  }

  /** Puts the worker where the key says, whether it was here before or not. */
  set(worker: WorkerState, key: number): void {
    this.delete(worker);
    this.#heap.push({ worker, key });
    this.#rise(this.#heap.length - 1, { worker, key });
  }

  delete(worker: WorkerState): void {
    const place = this.#places.get(worker);
    if (place === undefined) return;
    this.#places.delete(worker);
    const last = this.#heap.pop();
    if (last === undefined || last.worker === worker) return;
    this.#sink(place, last);
    if (this.#heap[place] === last) this.#rise(place, last);
  }

  #put(place: number, entry: Entry): void {
    this.#heap[place] = entry;
    this.#places.set(entry.worker, place);
  }

  #rise(from: number, entry: Entry): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#heap[above] as Entry;
      if (!isBefore(entry, parent)) break;
      this.#put(place, parent);
      place = above;
    }
    this.#put(place, entry);
  }

  #sink(from: number, entry: Entry): void {
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      const right = left + 1;
      const a = this.#heap[left];
      const b = this.#heap[right];
      const below = a !== undefined && b !== undefined && isBefore(b, a) ? right : left;
      const child = this.#heap[below];
      if (child === undefined || !isBefore(child, entry)) break;
      this.#put(place, child);
      place = below;
    }
    this.#put(place, entry);
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.key < b.key || (a.key === b.key && a.worker.id < b.worker.id);
}
