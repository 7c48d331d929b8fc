/** How leases get their samples: with the message, from the data set that is here, or block by block; then they are computed. */
import { decodeSamples, type LeaseMessage } from '@shoal/core';
import type { SessionEvent } from './events.ts';
import type { SessionControl } from './leaseHolder.ts';
import type { LeaseQueue, WaitingLease } from './leaseQueue.ts';
import { type LeaseWork, numbersOf, problemOf, sideBySide } from './leaseWork.ts';
import { bytesOfLease, bytesOfOrders, leaseRefusal } from './memory.ts';
import type { RunContext } from './runContext.ts';
import type { SampleSupply } from './sampleSupply.ts';

export type LeaseIntakeOptions = {
  readonly supply: SampleSupply;
  readonly leases: LeaseQueue;
  readonly memoryBytesMax: number;
  /** The run that is taken part in; null while there is no connection to it. */
  readonly run: () => RunContext | null;
  readonly control: SessionControl;
};

export class LeaseIntake {
  readonly #options: LeaseIntakeOptions;

  constructor(options: LeaseIntakeOptions) {
    this.#options = options;
  }

  /** The samples of a lease, from wherever they come; then it is computed. */
  obtain(message: LeaseMessage, run: RunContext, samples: number, now: number): void {
    const { lease: id, set, values } = message;
    const bytes = bytesOfLease(message, samples, run.manifests, run);
    const { memoryBytesMax } = this.#options;
    const held = run.modelBytes + bytesOfOrders(run.manifests) + this.#options.leases.bytesHeld;
    const refusal = leaseRefusal(id, bytes, held, memoryBytesMax);
    if (refusal !== null) return this.#options.control.giveUp(refusal, 'memory');
    this.#options.supply.makeRoom(memoryBytesMax - held - bytes);
    const numbers = numbersOf(message, run);
    if (values !== null) {
      const source = decodeSamples(values, samples, run.manifests[set]);
      if (source === null) {
        return this.#options.control.misunderstood(
          `is not understood: lease ${id} carries values of the wrong length.`,
        );
      }
      this.#compute({ message, numbers, source, rows: sideBySide(numbers) }, run, bytes);
    } else {
      const supplied = this.#options.supply.ask(set, numbers);
      if (supplied.type === 'here') {
        const { source, rows } = supplied;
        this.#compute({ message, numbers, source, rows }, run, bytes);
      } else {
        const gathering = supplied.type === 'gathering' ? supplied.gathering : null;
        this.#options.leases.wait({ message, numbers, bytes, gathering }, now);
      }
    }
    if (this.#options.run() === null) return;
    this.#options.supply.lookAhead(message, run);
    this.fetch();
  }

  /** Asks for the blocks that are wanted next. */
  fetch(): void {
    if (this.#options.run() === null) return;
    this.#options.supply.fetch(this.#options.leases.gatherings(), this.#options.leases.isOccupied);
  }

  blockArriving(event: Extract<SessionEvent, { readonly type: 'blockArriving' }>, now: number): void {
    this.#options.supply.blockArriving(event);
    this.tellMissing(now);
  }

  /** Time passes. */
  tick(now: number): void {
    this.#options.leases.tick(now);
    this.tellMissing(now);
    this.fetch();
  }

  /** The coordinator hears that a lease waits for its blocks and not for a worker that is gone. */
  tellMissing(now: number): void {
    if (this.#options.run() === null) return;
    const { leases, supply } = this.#options;
    leases.tellMissing(now, (gathering) => supply.missingBytes(gathering));
  }

  blockFetched(event: Extract<SessionEvent, { readonly type: 'blockFetched' }>): void {
    const block = this.#options.supply.blockFetched(event);
    if (block === null) return;
    const { set, index } = event.place;
    for (const gathering of this.#options.leases.gatherings()) {
      if (gathering.set === set) gathering.take(index, block);
    }
    this.#startSupplied(({ gathering }) => gathering?.isComplete === true);
    this.fetch();
  }

  /** The whole data set is here. */
  suppliedAll(): void {
    if (this.#options.run() === null) return;
    this.#startSupplied(() => true);
  }

  /** Leases that have waited for their samples, and for parameters that may be too old by now. */
  #startSupplied(isSupplied: (lease: WaitingLease) => boolean): void {
    const run = this.#options.run();
    if (run === null) return;
    for (const { message, numbers, bytes, gathering } of this.#options.leases.takeWaiting(isSupplied)) {
      const { lease: id, version, set } = message;
      if (run.parameters(version) === null) {
        const text = `Parameter version ${version} is not here any more.`;
        this.#options.control.failed(id, 'unknownVersion', text);
        continue;
      }
      if (gathering !== null) {
        const { samples: source } = gathering;
        this.#compute({ message, numbers, source, rows: sideBySide(numbers) }, run, bytes);
        continue;
      }
      const supplied = this.#options.supply.ask(set, numbers);
      if (supplied.type !== 'here') continue;
      const { source, rows } = supplied;
      this.#compute({ message, numbers, source, rows }, run, bytes);
    }
  }

  #compute(work: LeaseWork, run: RunContext, bytes: number): void {
    const problem = problemOf(work, run);
    if (problem !== null) return this.#options.control.misunderstood(`is not understood: ${problem}.`);
    this.#options.leases.take(work, run, run.parameters(work.message.version) as Uint8Array, bytes);
  }
}
