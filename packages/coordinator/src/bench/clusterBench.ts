/** `shoal bench cluster`: samples per second of a coordinator with local workers over real sockets. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  applyOverrides,
  compileModel,
  type DataSet,
  digitsDataSet,
  findPreset,
  type RunSpec,
} from '@shoal/core';
import type { RunReport } from '../run/reports.ts';
import { openRun } from '../run/runHost.ts';

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
  /** Parameters to every worker and at least one partial from each. */
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
): Promise<void> {
  const dataSet = digitsDataSet({ train: SAMPLES, test: 100 });
  const counts = [...new Set(options.workers)].sort((a, b) => a - b);
  for (const name of options.models) {
    const overrides = ['data.source=digits', 'data.validation=100', 'epochs=100000', 'earlyStopping=null'];
    if (options.batch !== null) overrides.push(`batch=${options.batch}`);
    const spec = applyOverrides(findPreset(name), [...overrides, 'checkpoint.everySteps=1000000']);
    const parameterBytes = 4 * compileModel(spec.model).vectorLength;
    let alone: number | null = null;
    for (const workers of counts) {
      const rate = await measure(spec, dataSet, workers, options.seconds);
      if (workers === 1) alone = rate;
      onLine({
        type: 'cluster',
        model: name,
        workers,
        samplesPerSecond: Math.round(rate * 10) / 10,
        efficiency: alone === null ? null : Math.round((rate / (workers * alone)) * 1000) / 1000,
        bytesPerStep: 2 * workers * parameterBytes,
      });
    }
  }
}

/** Samples a second over `seconds` of a run that is then stopped and its folder removed. */
async function measure(spec: RunSpec, dataSet: DataSet, workers: number, seconds: number): Promise<number> {
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
    const rate = new Promise<number>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${workers} workers did not join within ${JOIN_TIMEOUT_MS / 1000} s`)),
        JOIN_TIMEOUT_MS,
      );
      const stopwatch = new Stopwatch(spec.batch, workers, seconds);
      host.onReport((report) => {
        const measured = stopwatch.see(report);
        if (stopwatch.running) clearTimeout(timer);
        if (measured !== null) resolve(measured);
      });
    });
    host.start();
    return await rate;
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

  /** The rate, when the time is up. */
  see(report: RunReport): number | null {
    if (report.type !== 'step' || report.workers < this.#workers) return null;
    const now = performance.now();
    if (this.#from === null) {
      this.#warm += 1;
      if (this.#warm >= WARM_UP_STEPS) this.#from = { step: report.globalStep, at: now };
      return null;
    }
    const elapsed = now - this.#from.at;
    if (elapsed < this.#ms) return null;
    return ((report.globalStep - this.#from.step) * this.#batch * 1000) / elapsed;
  }
}
