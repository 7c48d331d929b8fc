/** Which slot does what: the jobs that each has been given and the parameters that it holds. */

import type { ComputeRequest, JobId, SetupRequest } from '../slot/slotMessages.ts';
import type { SessionEffect, SlotId } from './events.ts';
import type { RunContext } from './runContext.ts';

type Slot = {
  readonly id: SlotId;
  /** The parameter version that its next job is computed with, unless told otherwise; null before the first. */
  version: number | null;
  /** Leaves of each job that it has not answered. */
  readonly jobs: Map<JobId, number>;
};

export class SlotPool {
  readonly #emit: (effect: SessionEffect) => void;
  readonly #slots: Slot[];
  #setup: SetupRequest | null = null;

  constructor(options: { readonly threads: number; readonly emit: (effect: SessionEffect) => void }) {
    this.#emit = options.emit;
    this.#slots = Array.from({ length: options.threads }, (_, id) => ({
      id,
      version: null,
      jobs: new Map(),
    }));
  }

  get count(): number {
    return this.#slots.length;
  }

  /** Starts every slot afresh. */
  setUp(run: RunContext): void {
    const { engine, spec, manifests } = run;
    this.#setup = { type: 'setup', engine, spec, trainCount: manifests.train.count };
    for (const slot of this.#slots) this.#start(slot);
  }

  /** A dead slot's number goes to a new one. @returns the jobs that died with it */
  replace(id: SlotId): JobId[] {
    const slot = this.#slots[id];
    if (slot === undefined) return [];
    const lost = [...slot.jobs.keys()];
    this.#start(slot);
    return lost;
  }

  /** Slots by leaves still to compute, the least first: where the next parts go. */
  byLoad(): SlotId[] {
    const load = (slot: Slot): number => [...slot.jobs.values()].reduce((sum, leaves) => sum + leaves, 0);
    return [...this.#slots].sort((a, b) => load(a) - load(b) || a.id - b.id).map((slot) => slot.id);
  }

  /** Hands a job to a slot, the parameters first where it holds others. */
  give(id: SlotId, request: ComputeRequest, version: number, vector: Uint8Array): void {
    const slot = this.#slots[id];
    if (slot === undefined) throw new RangeError(`There is no slot ${id}.`);
    if (slot.version !== version) {
      slot.version = version;
      this.#emit({
        type: 'toSlot',
        slot: id,
        request: { type: 'parameters', version, vector, given: false },
      });
    }
    slot.jobs.set(request.job, request.to - request.from);
    this.#emit({ type: 'toSlot', slot: id, request });
  }

  /** The slot still answers: with `cancelled`, or with the result if that came first. */
  cancel(job: JobId): void {
    for (const slot of this.#slots) {
      if (slot.jobs.has(job)) this.#emit({ type: 'toSlot', slot: slot.id, request: { type: 'cancel', job } });
    }
  }

  /** The job has been answered. */
  done(id: SlotId, job: JobId): void {
    this.#slots[id]?.jobs.delete(job);
  }

  /** No parameters that slots hold are counted on any more. */
  forgetParameters(): void {
    for (const slot of this.#slots) slot.version = null;
  }

  #start(slot: Slot): void {
    if (this.#setup === null) return;
    slot.version = null;
    slot.jobs.clear();
    this.#emit({ type: 'startSlot', slot: slot.id, setup: this.#setup });
  }
}
