/** Metrics in the text format of Prometheus: the registry of a process, what every process of Shoal says, and its text. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { LiveTraffic } from './liveFigures.ts';

export type MetricsText = { readonly type: string; readonly text: string };

/**
 * Gauges that end as counters do, which Prometheus's own linter refuses and whose parts are there without that ending; and
 * figures of the event loop that mean nothing before it has been watched for a while.
 */
const LEFT_OUT = [
  ...['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`),
  ...['min', 'mean', 'stddev', 'p50'].map((what) => `nodejs_eventloop_lag_${what}_seconds`),
];

/** Sets a counter that is kept elsewhere. */
export function setCounter(
  counter: Counter,
  value: number,
  labels: Readonly<Record<string, string>> = {},
): void {
  counter.remove(labels);
  counter.inc(labels, value);
}

export class ProcessMetrics {
  readonly registry = new Registry();
  readonly #connections: Gauge;
  readonly #sent: Counter;
  readonly #received: Counter;
  readonly #rejections: Counter<'reason'>;
  #isAsked = false;

  constructor(version: string) {
    const registers = [this.registry];
    new Gauge({
      ...{
        name: 'shoal_build_info',
        help: 'Always 1; the version is the label.',
        labelNames: ['version'],
        registers,
      },
    }).set({ version }, 1);
    this.#connections = new Gauge({
      ...{ name: 'shoal_connections', help: 'Open connections of workers.', registers },
    });
    this.#sent = new Counter({
      ...{ name: 'shoal_sent_bytes_total', help: 'Bytes of all messages to workers.', registers },
    });
    this.#received = new Counter({
      ...{ name: 'shoal_received_bytes_total', help: 'Bytes of all messages from workers.', registers },
    });
    this.#rejections = new Counter({
      name: 'shoal_rejections_total',
      help: 'Connections and requests that were not let in or were sent away, by reason.',
      labelNames: ['reason'],
      registers,
    });
  }

  traffic({ connections, sent, received, rejections }: LiveTraffic): void {
    this.#connections.set(connections);
    setCounter(this.#sent, sent);
    setCounter(this.#received, received);
    for (const [reason, count] of rejections) setCounter(this.#rejections, count, { reason });
  }

  async text(): Promise<MetricsText> {
    if (!this.#isAsked) {
      // Watching the event loop and the garbage collector begins with the first who asks, and costs nobody else anything.
      this.#isAsked = true;
      collectDefaultMetrics({ register: this.registry });
      for (const name of LEFT_OUT) this.registry.removeSingleMetric(name);
    }
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }
}
