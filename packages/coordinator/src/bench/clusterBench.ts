/** `shoal bench cluster`: samples per second of a coordinator with local workers over real sockets. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { applyOverrides, type DataSet, digitsDataSet, findPreset, type RunSpec } from '@shoal/core';
import type { RunReport } from '../news/reports.ts';
import { openRun } from '../service/runHost.ts';
import { Bubbles, type BubblesLine } from './bubbles.ts';

export type ClusterBenchOptions = {
  readonly models: readonly string[];
  /** Numbers of local workers, one measurement each; 1 is the base of the efficiency. */
  readonly workers: readonly number[];
  readonly seconds: number;
  readonly batch: number | null;
};

export type ClusterBenchLine = {
  readonly type: 'cluster';
  readonly model: string;
  readonly workers: number;
  readonly samplesPerSecond: number;
  /** rate(n) / (n × rate(1)); null when one worker was not measured. */
  readonly efficiency: number | null;
  /** Of all messages in both directions, counted at the connections. */
  readonly bytesPerStep: number;
};

/** Steps after every worker has joined that are left out: caches and estimates settle. */
const WARM_UP_STEPS = 5;
/** A measurement without the workers it needs is given up. */
const JOIN_TIMEOUT_MS = 60_000;
const SAMPLES = 12_000;

export async function benchCluster(
  options: ClusterBenchOptions,
  onLine: (line: ClusterBenchLine) => void,
  onBubbles: (lines: readonly BubblesLine[]) => void,
): Promise<void> {
  const dataSet = digitsDataSet({ train: SAMPLES, test: 100 });
  const counts = [...new Set(options.workers)].sort((a, b) => a - b);
  for (const name of options.models) {
    const overrides = ['data.source=digits', 'data.validation=100', 'epochs=100000', 'earlyStopping=null'];
    if (options.batch !== null) overrides.push(`batch=${options.batch}`);
    const spec = applyOverrides(findPreset(name), [...overrides, 'checkpoint.everySteps=1000000']);
    let alone: number | null = null;
    for (const workers of counts) {
      const { rate, bytesPerStep, bubbles, activeShare } = await measure(
        spec,
        dataSet,
        workers,
        options.seconds,
      );
      if (workers === 1) alone = rate;
      onLine({
        type: 'cluster',
        model: name,
        workers,
        samplesPerSecond: Math.round(rate * 10) / 10,
        efficiency: alone === null ? null : Math.round((rate / (workers * alone)) * 1000) / 1000,
        bytesPerStep: Math.round(bytesPerStep),
      });
      onBubbles(bubbles.lines(name, workers, activeShare));
    }
  }
}

type Measured = {
  /** Samples a second. */
  readonly rate: number;
  readonly bytesPerStep: number;
  readonly bubbles: Bubbles;
  /** The part of the time in which the coordinator's main thread was not idle. */
  readonly activeShare: number;
};

/** `seconds` of a run that is then stopped and its folder removed. */
async function measure(spec: RunSpec, dataSet: DataSet, workers: number, seconds: number): Promise<Measured> {
  const runsFolder = await mkdtemp(join(tmpdir(), 'shoal-bench-'));
  const host = await openRun({
    runsFolder,
    start: { type: 'new', spec, dataSet },
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    token: null,
    localWorkers: workers,
    threadsPerWorker: 1,
    logLevel: 'error',
  });
  try {
    const measured = new Promise<Measured>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${workers} workers did not join within ${JOIN_TIMEOUT_MS / 1000} s`)),
        JOIN_TIMEOUT_MS,
      );
      const stopwatch = new Stopwatch(spec.batch, workers, seconds);
      const bubbles = new Bubbles();
      let before = { traffic: host.traffic(), loop: performance.eventLoopUtilization() };
      host.onStepTimes((times, names) => {
        if (stopwatch.running) bubbles.add(times, names);
      });
      host.onReport((report) => {
        const wasRunning = stopwatch.running;
        const seen = stopwatch.see(report);
        if (stopwatch.running && !wasRunning) {
          clearTimeout(timer);
          before = { traffic: host.traffic(), loop: performance.eventLoopUtilization() };
        }
        if (seen === null) return;
        const traffic = host.traffic();
        const bytes = traffic.sent - before.traffic.sent + traffic.received - before.traffic.received;
        resolve({
          rate: seen.rate,
          bytesPerStep: bytes / seen.steps,
          bubbles,
          activeShare: performance.eventLoopUtilization(before.loop).utilization,
        });
      });
    });
    host.start();
    return await measured;
  } finally {
    host.stop('The benchmark is done.');
    await host.finished;
    await host.close();
    await rm(runsFolder, { recursive: true, force: true });
  }
}

/** Watches steps go by once all workers are there. */
class Stopwatch {
  readonly #batch: number;
  readonly #workers: number;
  readonly #ms: number;
  #warm = 0;
  #from: { readonly step: number; readonly at: number } | null = null;

  constructor(batch: number, workers: number, seconds: number) {
    this.#batch = batch;
    this.#workers = workers;
    this.#ms = seconds * 1000;
  }

  get running(): boolean {
    return this.#from !== null;
  }

  /** What was done, when the time is up. */
  see(report: RunReport): { readonly rate: number; readonly steps: number } | null {
    if (report.type !== 'step' || report.workers < this.#workers) return null;
    const now = performance.now();
    if (this.#from === null) {
      this.#warm += 1;
      if (this.#warm >= WARM_UP_STEPS) this.#from = { step: report.globalStep, at: now };
      return null;
    }
    const elapsed = now - this.#from.at;
    if (elapsed < this.#ms) return null;
    const steps = report.globalStep - this.#from.step;
    return { rate: (steps * this.#batch * 1000) / elapsed, steps };
  }
}
