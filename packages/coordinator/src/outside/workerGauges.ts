/** Gauges of who takes part, the same of a coordinator and of a gateway. */
import { Gauge, type Registry } from 'prom-client';
import { type LiveWorkers, WORKER_KINDS } from './liveFigures.ts';

export class WorkerGauges {
  readonly #workers: Gauge<'kind'>;
  readonly #guests: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#workers = new Gauge({
      name: 'shoal_workers',
      help: 'Workers that take part in the run, by what they run on.',
      labelNames: ['kind'],
      registers,
    });
    this.#guests = new Gauge({
      ...{ name: 'shoal_gateway_workers', help: 'Workers that hang below gateways.', registers },
    });
  }

  set({ workers, guests }: LiveWorkers): void {
    for (const kind of WORKER_KINDS) this.#workers.set({ kind }, workers[kind]);
    this.#guests.set(guests);
  }
}
