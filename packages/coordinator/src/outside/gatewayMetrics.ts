/** What Prometheus reads of a gateway: who hangs below it, and what goes through. */
import { Gauge } from 'prom-client';
import type { GatewayFigures } from './liveFigures.ts';
import { type MetricsText, ProcessMetrics } from './processMetrics.ts';
import { WorkerGauges } from './workerGauges.ts';

export class GatewayMetrics {
  readonly #read: () => GatewayFigures;
  readonly #process: ProcessMetrics;
  readonly #workers: WorkerGauges;
  readonly #joined: Gauge;

  constructor(version: string, read: () => GatewayFigures) {
    this.#read = read;
    this.#process = new ProcessMetrics(version);
    const { registry } = this.#process;
    this.#workers = new WorkerGauges(registry);
    this.#joined = new Gauge({
      name: 'shoal_gateway_joined',
      help: '1 while the gateway takes part in a run, 0 while it looks for a coordinator.',
      registers: [registry],
    });
  }

  async text(): Promise<MetricsText> {
    const figures = this.#read();
    this.#process.traffic(figures);
    this.#workers.set(figures);
    this.#joined.set(figures.isJoined ? 1 : 0);
    return this.#process.text();
  }
}
