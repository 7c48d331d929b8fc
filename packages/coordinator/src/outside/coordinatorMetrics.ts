/**
 * What Prometheus reads of a coordinator. Figures of steps and epochs are heard as they are told; everything else is read
 * when somebody asks. No label has a value that a stranger chooses: no names, no addresses, no runs.
 */
import { RUN_ENDS, RUN_STATES } from '@shoal/core';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { News, NewsStream } from '../news/news.ts';
import type { LiveFigures, LiveRun, RunCounts } from './liveFigures.ts';
import { type MetricsText, ProcessMetrics } from './processMetrics.ts';
import { WorkerGauges } from './workerGauges.ts';

export type CoordinatorMetricsOptions = {
  readonly version: string;
  readonly news: NewsStream;
  readonly read: () => LiveFigures;
};

/** From a step that a few local threads make to one that takes slow lines a minute. */
const STEP_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Figures of one run, which are gone when the next begins. */
const RUN_GAUGES = {
  shoal_run_epoch: 'Complete epochs of the run.',
  shoal_run_epochs: 'Epochs that the spec has.',
  shoal_run_step: 'Steps of the run so far.',
  shoal_run_steps: 'Steps of all epochs that the spec has.',
  shoal_run_remaining_seconds: 'Estimate of how long all epochs take from now.',
  shoal_run_step_loss: 'Mean loss of the last step’s samples.',
  shoal_run_learning_rate: 'Learning rate of the last step.',
  shoal_run_gradient_norm: 'Norm of the last step’s gradient, before clipping.',
} as const;
type RunGauge = keyof typeof RUN_GAUGES;

const COUNTERS = {
  shoal_steps_total: 'Steps done.',
  shoal_samples_total: 'Training samples in them.',
  shoal_epochs_total: 'Epochs done.',
  shoal_rollbacks_total: 'Times that a run went back to an earlier state.',
} as const;
type PlainCounter = keyof typeof COUNTERS;

/** Kept by the run itself, which begins at 0 in each process. */
const RUN_COUNTERS: Readonly<Record<keyof RunCounts, readonly [name: string, help: string]>> = {
  leasesGranted: ['shoal_leases_granted_total', 'Leases granted, copies of late ones among them.'],
  leasesAnswered: ['shoal_leases_answered_total', 'Leases that were answered whole.'],
  leasesLate: ['shoal_leases_late_total', 'Late leases that were granted to another worker as well.'],
  checks: ['shoal_checks_total', 'Leases that the coordinator has computed itself to check answers.'],
  convictions: ['shoal_convictions_total', 'Identities that were convicted of a wrong answer.'],
  blockBytes: ['shoal_data_sent_bytes_total', 'Bytes of data blocks that workers have fetched.'],
};
const COUNTED = Object.keys(RUN_COUNTERS) as readonly (keyof RunCounts)[];

export class CoordinatorMetrics {
  readonly #read: () => LiveFigures;
  readonly #process: ProcessMetrics;
  readonly #gauges: Readonly<Record<RunGauge, Gauge>>;
  readonly #counters: Readonly<Record<PlainCounter, Counter>>;
  readonly #runCounters: Readonly<Record<keyof RunCounts, Counter>>;
  readonly #state: Gauge<'state'>;
  readonly #loss: Gauge<'set'>;
  readonly #accuracy: Gauge<'set'>;
  readonly #workers: WorkerGauges;
  readonly #leads: Gauge;
  readonly #waiting: Gauge;
  readonly #runs: Counter<'state'>;
  readonly #stepSeconds: Histogram;
  #hasAccuracy = true;
  /** What the counters have taken in of the run at hand. */
  #taken: { readonly key: object; readonly counts: RunCounts } | null = null;

  constructor({ version, news, read }: CoordinatorMetricsOptions) {
    this.#read = read;
    this.#process = new ProcessMetrics(version);
    const registers = [this.#process.registry];
    const gauge = <T extends string>(name: string, help: string, ...labelNames: T[]): Gauge<T> =>
      new Gauge({ name, help, labelNames, registers });
    const counter = <T extends string>(name: string, help: string, ...labelNames: T[]): Counter<T> =>
      new Counter({ name, help, labelNames, registers });
    this.#gauges = mapped(RUN_GAUGES, gauge);
    this.#counters = mapped(COUNTERS, counter);
    this.#runCounters = mapped(RUN_COUNTERS, (_, [name, help]) => counter(name, help));
    this.#state = gauge('shoal_run_state', '1 for the state that the run is in, 0 for all others.', 'state');
    this.#loss = gauge('shoal_run_loss', 'Mean loss of the last epoch, or of the test at the end.', 'set');
    this.#accuracy = gauge('shoal_run_accuracy_ratio', 'Accuracy likewise, from 0 to 1.', 'set');
    this.#workers = new WorkerGauges(this.#process.registry);
    this.#leads = gauge('shoal_leads', '0 while the coordinator stands by for another of its cluster.');
    this.#waiting = gauge('shoal_queue_waiting', 'Runs and sweeps that wait for their turn.');
    this.#runs = counter('shoal_runs_total', 'Runs that have ended, by how.', 'state');
    for (const state of RUN_ENDS) this.#runs.inc({ state }, 0);
    this.#stepSeconds = new Histogram({
      ...{
        name: 'shoal_step_duration_seconds',
        help: 'How long steps took.',
        buckets: STEP_SECONDS,
        registers,
      },
    });
    news.subscribe((item) => this.#hear(item));
  }

  async text(): Promise<MetricsText> {
    const figures = this.#read();
    this.#take(figures.run);
    this.#process.traffic(figures);
    this.#leads.set(figures.leads ? 1 : 0);
    this.#waiting.set(figures.waiting);
    this.#workers.set(figures);
    for (const state of RUN_STATES) this.#state.set({ state }, figures.run?.state === state ? 1 : 0);
    this.#showRun(figures.run);
    return this.#process.text();
  }

  #showRun(run: LiveRun | null): void {
    if (run === null) return;
    this.#gauges.shoal_run_epoch.set(run.epoch);
    this.#gauges.shoal_run_epochs.set(run.epochs);
    this.#gauges.shoal_run_step.set(run.step);
    this.#gauges.shoal_run_steps.set(run.steps);
    this.#gauges.shoal_run_remaining_seconds.set(run.remainingSeconds ?? Number.NaN);
  }

  #hear(item: News): void {
    switch (item.type) {
      case 'run':
        for (const one of [...Object.values(this.#gauges), this.#loss, this.#accuracy]) one.reset();
        this.#begin(this.#read().run);
        return;
      case 'stepDone': {
        const { loss, learningRate, gradientNorm } = item.point;
        this.#counters.shoal_steps_total.inc();
        this.#counters.shoal_samples_total.inc(item.samples);
        this.#stepSeconds.observe(item.times.stepMs / 1000);
        this.#gauges.shoal_run_step_loss.set(loss);
        this.#gauges.shoal_run_learning_rate.set(learningRate);
        this.#gauges.shoal_run_gradient_norm.set(gradientNorm);
        return;
      }
      case 'epoch':
        this.#counters.shoal_epochs_total.inc();
        this.#figures('train', item.trainLoss, item.trainAccuracy);
        this.#figures('validation', item.validationLoss, item.validationAccuracy);
        return;
      case 'rollback':
        this.#counters.shoal_rollbacks_total.inc();
        return;
      case 'result':
        this.#runs.inc({ state: item.state });
        this.#figures('test', item.testLoss, item.testAccuracy);
        // The next run counts from 0 again.
        this.#take(this.#read().run);
        return;
      default:
        return;
    }
  }

  #figures(set: string, loss: number | null, accuracy: number | null): void {
    if (loss !== null) this.#loss.set({ set }, loss);
    if (accuracy !== null && this.#hasAccuracy) this.#accuracy.set({ set }, accuracy);
  }

  /** What a resumed run brings along, such as who was convicted before, is not counted. */
  #begin(run: LiveRun | null): void {
    this.#hasAccuracy = run?.hasAccuracy ?? true;
    this.#taken = run;
  }

  #take(run: LiveRun | null): void {
    if (run === null) return;
    const before = this.#taken?.key === run.key ? this.#taken.counts : run.counts;
    for (const name of COUNTED) {
      // Going back to an earlier state takes nothing away from what was counted.
      const more = run.counts[name] - before[name];
      if (more > 0) this.#runCounters[name].inc(more);
    }
    this.#taken = run;
  }
}

function mapped<K extends string, V, R>(
  table: Readonly<Record<K, V>>,
  make: (name: K, value: V) => R,
): Readonly<Record<K, R>> {
  const entries = (Object.entries(table) as [K, V][]).map(([name, value]) => [name, make(name, value)]);
  return Object.fromEntries(entries) as Record<K, R>;
}
